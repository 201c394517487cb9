// What modules say: the page carries the sentences, so that they pass through gettext like every other.
// A part with many sentences brings a template of its own.
const boxes = [...document.querySelectorAll("template#words, template[data-words]")];
const known = new Map(boxes.flatMap((box) => [...box.content.querySelectorAll("[data-word]")]).map((node) => [node.dataset.word, node.textContent]));

export function word(key, values = {}) {
  return (known.get(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
