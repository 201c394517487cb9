// The help sheet tells what this page can do now: the letters that stand on its buttons.
const label = (node) => (node.querySelector("span:not(.unseen)") ?? node).textContent.trim() || node.getAttribute("aria-label") || node.title;

export function tellKeys() {
  const list = document.querySelector("[data-keys-here]");
  if (!list) return;
  const told = new Map();
  for (const node of document.querySelectorAll("[data-key]")) {
    if (!told.has(node.dataset.key) && !node.closest("dialog")) told.set(node.dataset.key, label(node));
  }
  list.replaceChildren();
  for (const [key, text] of [...told].sort()) {
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key.toUpperCase() }));
    list.append(term, Object.assign(document.createElement("dd"), { textContent: text }));
  }
  list.previousElementSibling.hidden = told.size === 0;
  // What another page has is not told here.
  for (const line of document.querySelectorAll("[data-keys-need]")) {
    const there = document.querySelector(line.dataset.keysNeed) !== null;
    line.hidden = !there;
    if (line.nextElementSibling) line.nextElementSibling.hidden = !there;
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-open-dialog="keys"]')) tellKeys();
}, true);
