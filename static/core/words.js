// What modules say: the page carries the sentences, so that they pass through gettext like every other.
const box = document.getElementById("words");
const known = new Map([...(box?.content.querySelectorAll("[data-word]") ?? [])].map((node) => [node.dataset.word, node.textContent]));

export function word(key, values = {}) {
  return (known.get(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
