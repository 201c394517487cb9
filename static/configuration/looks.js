// What a class of grids looks like: never colour alone, so each has a line or a mark of its own.
import { token } from "../core/map/leaflet.js";

const LOOKS = {
  "kind-comprehensive": { fill: "--text-3", opacity: 0.12 },
  "kind-dedicated": { fill: "--primary", opacity: 0.36, weight: 1.6 },
  "zone-core": { fill: "--primary", opacity: 0.3, weight: 1.4 },
  "zone-outer": { fill: "--ok", opacity: 0.2, dash: "5 4" },
  "zone-": { fill: "--text-3", opacity: 0.08, dash: "1 4" },
  "norm-within": { fill: "--ok", opacity: 0.14 },
  "norm-over": { fill: "--warn-fill", opacity: 0.62, weight: 1.6 },
  "norm-under": { fill: "--primary", opacity: 0.46, weight: 1.6, dash: "5 3" },
  "norm-unknown": { fill: "--text-3", opacity: 0.3, dash: "1 4" },
  "norm-exempt": { fill: "--text-3", opacity: 0.05, dash: "2 5" },
};

export function styleOf(look, { dim = false, chosen = false } = {}) {
  const { fill, opacity, weight = 1, dash = null } = LOOKS[look] ?? LOOKS["zone-"];
  if (chosen) return { color: token("--primary"), weight: 3, dashArray: null, opacity: 1, fillColor: token(fill), fillOpacity: Math.max(0.24, opacity) };
  if (dim) return { color: token("--map-line"), weight: 0.6, dashArray: null, opacity: 0.5, fillColor: token("--text-3"), fillOpacity: 0.02 };
  return { color: token(fill), weight, dashArray: dash, opacity: 0.75, fillColor: token(fill), fillOpacity: opacity };
}

export function swatch(look) {
  const { fill, opacity, dash } = LOOKS[look];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 22 14");
  svg.setAttribute("class", "legend-swatch");
  const box = document.createElementNS(svg.namespaceURI, "rect");
  const values = { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: token(fill), "fill-opacity": opacity, stroke: token(fill), "stroke-width": 1.4 };
  for (const [name, value] of Object.entries(values)) box.setAttribute(name, value);
  if (dash) box.setAttribute("stroke-dasharray", dash);
  svg.append(box);
  return svg;
}
