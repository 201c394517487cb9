// The sentences of the page of the map.
const known = new Map([...(document.querySelector("[data-city-words]")?.content.querySelectorAll("[data-key]") ?? [])].map((node) => [node.dataset.key, node.textContent]));

export const say = (key, values = {}) => (known.get(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export function make(tag, values = {}, ...inside) {
  const { dataset = {}, ...rest } = values;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset);
  node.append(...inside.filter((each) => each !== null && each !== undefined));
  return node;
}
