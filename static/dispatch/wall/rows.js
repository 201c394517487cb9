// Lists that keep their nodes: a line that stays is filled anew, one that leaves gives its node to one that comes.
const pool = new Map();

const at = (row, path) => path.split(".").reduce((value, name) => value?.[name], row);

export function put(node, text) {
  const told = text === null || text === undefined ? "" : String(text);
  if (node.textContent !== told) node.textContent = told;
}

// Fill what is marked inside a node: data-t names a text, data-href an address, data-tone-of a tag.
export function fill(node, row) {
  for (const each of node.querySelectorAll("[data-t]")) put(each, at(row, each.dataset.t));
  for (const each of node.querySelectorAll("[data-href]")) each.setAttribute("href", row[each.dataset.href] ?? "");
  for (const each of node.querySelectorAll("[data-tone-of]")) {
    const tag = row[each.dataset.toneOf];
    each.dataset.tone = tag?.tone ?? "";
    each.hidden = !tag;
    put(each, tag?.text);
  }
}

function made(name) {
  const kept = pool.get(name)?.pop();
  if (kept) return kept;
  const template = document.querySelector(`template[data-row="${name}"]`);
  return template.content.firstElementChild.cloneNode(true);
}

function keep(name, node) {
  if (!pool.has(name)) pool.set(name, []);
  const spare = pool.get(name);
  node.classList.remove("wall-fresh");
  if (spare.length < 24) spare.push(node);
  node.remove();
}

// Show these rows in this order, the first ``most`` of them; ``filled(node, row, isNew)`` does what the marks do not.
export function showRows(name, rows, { most = 99, key = "key", filled = null } = {}) {
  const list = document.querySelector(`[data-list="${name}"]`);
  const wanted = rows.slice(0, most);
  const keys = new Set(wanted.map((row) => String(row[key])));
  const here = new Map();
  for (const node of [...list.children]) {
    if (keys.has(node.dataset.key) && !here.has(node.dataset.key)) here.set(node.dataset.key, node);
    else keep(name, node);
  }
  let before = list.firstElementChild;
  for (const row of wanted) {
    const id = String(row[key]);
    const known = here.get(id);
    const node = known ?? made(name);
    node.dataset.key = id;
    fill(node, row);
    filled?.(node, row, !known);
    if (node === before) before = before.nextElementSibling;
    else list.insertBefore(node, before);
  }
  document.querySelector(`[data-none="${name}"]`).hidden = rows.length > 0;
}
