// The map of how long each street takes; nothing of it is fetched before somebody asks for it.
import { word } from "../core/words.js";

const opener = document.querySelector("[data-open-map]");
const box = document.querySelector("[data-map-box]");
// The deeper, the longer it took; bounds in days are taken from what is shown.
const DEPTHS = [0.16, 0.36, 0.6, 0.85];

// Up to three bounds that part what is known into parts of about the same size.
export function boundsOf(days) {
  const sorted = [...days].sort((a, b) => a - b);
  const cuts = [0.25, 0.5, 0.75].map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
  return [...new Set(cuts)].filter((cut) => cut < sorted.at(-1));
}

function read() {
  const rows = document.querySelectorAll("tr[data-street]");
  return new Map([...rows].map((row) => [row.dataset.street, { name: row.querySelector("th").textContent.trim(), days: row.dataset.days === "" ? null : Number(row.dataset.days) }]));
}

function sheet(href) {
  return new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}

// A colour that lets nothing of what lies below shine through: the land has colours of its own.
const mixed = (colour, depth) => `#${[1, 3, 5].map((at) => Math.round(255 - depth * (255 - Number.parseInt(colour.slice(at, at + 2), 16))).toString(16).padStart(2, "0")).join("")}`;

function swatch(depth) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", "0 0 20 12");
  const rect = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "rect"));
  for (const [name, value] of Object.entries({ width: 20, height: 12, fill: depth ? "var(--primary)" : "var(--map-ground)", "fill-opacity": depth || 1 })) rect.setAttribute(name, value);
  return svg;
}

function legend(list, bounds, none) {
  const lines = [...bounds.map((n, index) => [DEPTHS[index], word("map_to", { n })])];
  if (bounds.length) lines.push([DEPTHS[bounds.length], word("map_over", { n: bounds.at(-1) })]);
  if (none) lines.push([0, word("map_none")]);
  list.replaceChildren(...lines.map(([depth, text]) => {
    const item = document.createElement("li");
    item.append(swatch(depth), text);
    return item;
  }));
}

async function show() {
  const map = box.querySelector(".map");
  await Promise.all(map.dataset.style.split(" ").map(sheet));
  const [{ CityMap }, { Areas }, { boundaries }, { token }] = await Promise.all([
    import("../core/map/index.js"),
    import("../core/map/areas.js"),
    import("../core/map/ground.js"),
    import("../core/map/leaflet.js"),
  ]);
  const city = await CityMap.open(map, { levels: ["district", "street"] });
  if (!city.ground) return;
  const known = read();
  const days = [...known.values()].map((each) => each.days).filter((each) => each !== null);
  const bounds = boundsOf(days);
  const depth = (value) => DEPTHS[bounds.filter((bound) => value > bound).length];
  const features = (await boundaries(map.dataset.ground, "street", 0)).map((each) => ({ ...each, properties: { ...each.properties, code: each.id } }));
  new Areas(city, { type: "FeatureCollection", features }, {
    style: ({ code }) => {
      const value = known.get(code)?.days ?? null;
      return { color: token("--map-edge"), weight: 1.2, fillColor: value === null ? token("--map-ground") : mixed(token("--primary"), depth(value)), fillOpacity: 1 };
    },
    tip: ({ code, name }) => {
      const row = known.get(code);
      return row?.days == null ? `${row?.name ?? name}：${word("map_none")}` : word("map_days", { name: row.name, n: row.days });
    },
  });
  legend(box.querySelector("[data-legend]"), bounds, days.length < features.length);
  city.frame();
}

let shown = null;
opener.parentElement.hidden = false;
opener.addEventListener("click", () => {
  box.hidden = !box.hidden;
  opener.setAttribute("aria-expanded", String(!box.hidden));
  if (!box.hidden) shown ??= show();
});
