// Find on the map: type, choose with the arrow keys, Enter goes there.
import { get } from "../core/api.js";
import { make, say } from "./map-words.js";

const REST = 220;

export function bindFind(root, url, chosen) {
  const input = root.querySelector("[data-find]");
  const list = root.querySelector("[data-found]");
  let rows = [];
  let at = -1;
  let waiting = 0;
  let asked = "";

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const mark = (next) => {
    at = rows.length ? (next + rows.length) % rows.length : -1;
    [...list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    if (at >= 0) input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const take = (row) => {
    if (!row) return;
    close();
    input.value = row.name;
    chosen(row);
  };

  function show(text) {
    const nodes = rows.map((row, index) => make("li", { id: `found-${index}`, role: "option", dataset: { index } }, make("span", { className: "tag", textContent: say(`kind-${row.kind}`) }), make("span", { className: "clip", textContent: row.name }), make("span", { className: "meta clip", textContent: row.note || row.code })));
    list.replaceChildren(...(nodes.length ? nodes : [make("li", { className: "city-none", textContent: say("none-found", { q: text }) })]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(rows.length ? 0 : -1);
  }

  async function ask() {
    const text = input.value.trim();
    asked = text;
    if (!text) return close();
    try {
      const { results } = await get(`${url}?q=${encodeURIComponent(text)}`);
      if (asked !== text) return;
      rows = results;
      show(text);
    } catch {
      close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, REST);
  });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") return close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      return mark(at + (event.key === "ArrowDown" ? 1 : -1));
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (list.hidden || asked !== input.value.trim()) {
      clearTimeout(waiting);
      await ask();
    }
    take(rows[Math.max(at, 0)]);
  });
  list.addEventListener("pointerdown", (event) => {
    const node = event.target.closest("[data-index]");
    if (!node) return;
    event.preventDefault();
    take(rows[Number(node.dataset.index)]);
  });
  input.addEventListener("blur", close);
}
