// What the map shows, as a list: for the keyboard, for screen readers, and for who would rather read.
import { layers } from "../core/map/index.js";
import { make, say } from "./map-words.js";

const MOST = 40;

const orderLine = (page, { id, properties }) => make(
  "li",
  {},
  make("a", { href: `${page.root.dataset.order}${encodeURIComponent(id)}/` }, layers.drawn({ ...layers.orderLook(properties), radius: 6, ring: "" }), make("span", { className: "clip", textContent: properties.title }), make("span", { className: "meta", textContent: [properties.urgent ? say("urgent") : "", properties.state, properties.due].filter(Boolean).join(" · ") })),
);

function placeLine({ code, name, open, percent }) {
  const bar = make("i", { className: `city-bar load-${layers.stepOf(percent)}` });
  bar.style.setProperty("--share", `${Math.min(100, percent)}%`);
  return make("li", {}, make("button", { type: "button", dataset: { code } }, make("span", { className: "clip", textContent: name }), make("span", { className: "meta", textContent: say("open-number", { open }) }), bar, make("b", { className: "number", textContent: `${percent}%` })));
}

const personLine = ({ name, unit_name: unit, role, age, lon, lat }) => make("li", {}, make("button", { type: "button", disabled: lon === null, dataset: lon === null ? {} : { lon, lat } }, make("span", { className: "clip", textContent: name }), make("span", { className: "meta clip", textContent: [unit, role, age].filter(Boolean).join(" · ") })));

function ordersOf(page) {
  const layer = page.city.layers.get("orders");
  return layer?.inView(MOST).sort((a, b) => (a.properties.due_at ?? "9").localeCompare(b.properties.due_at ?? "9")) ?? [];
}

// The busiest divisions of the level that lies below where one is.
function placesOf(page) {
  const load = page.city.layers.get("load");
  if (!load) return [];
  return [...load.rows.values()].filter(({ code, open }) => open && page.city.isShown(code)).sort((a, b) => b.percent - a.percent || b.open - a.open).slice(0, MOST);
}

export function drawList(page, several = null) {
  const title = page.root.querySelector("[data-list-title]");
  const list = page.root.querySelector("[data-list]");
  const answer = page.told.get("orders");
  const crowded = answer?.kind === "clusters" || page.city.view().zoom < 13;
  const orders = several ?? (crowded && page.city.layers.has("load") ? [] : ordersOf(page));
  const places = orders.length ? [] : placesOf(page);
  const lines = [...orders.map((feature) => orderLine(page, feature)), ...places.map(placeLine)];
  if (page.city.layers.has("people") && page.crew) lines.push(make("li", { className: "city-group", textContent: say("list-people", { n: page.crew.length }) }), ...page.crew.slice(0, MOST).map(personLine));
  title.textContent = orders.length ? say("list-orders", { n: orders.length }) : say("list-places", { n: places.reduce((sum, { open }) => sum + open, 0) });
  const none = page.shown().length ? "nothing" : "off";
  list.replaceChildren(...(lines.length ? lines : [make("li", { className: "city-none", textContent: say(none) })]));
}
