// The ground on the maps of the configuration: boundaries, colours by class, marks, and a frame that follows its box.
import * as L from "../vendor/leaflet/leaflet.js";
import { word } from "../core/words.js";

export { L };
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export async function getJson(url) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

const hasRoom = (box) => box.clientWidth > 100 && box.clientHeight > 100;
const sized = (box) => new Promise((done) => {
  if (hasRoom(box)) return done();
  const watch = new ResizeObserver(() => {
    if (!hasRoom(box)) return;
    watch.disconnect();
    done();
  });
  watch.observe(box);
});

export async function openMap(box, options = {}) {
  await sized(box);
  const map = L.map(box, { zoomControl: false, attributionControl: false, zoomSnap: 0.1, preferCanvas: true, maxZoom: 20, ...options });
  L.control.zoom({ position: "bottomright", zoomInTitle: word("zoom_in"), zoomOutTitle: word("zoom_out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.setView([32.06, 118.6], 11);
  new ResizeObserver(() => hasRoom(box) && map.invalidateSize({ animate: false })).observe(box);
  return map;
}

export function failed(box) {
  box.append(Object.assign(document.createElement("div"), { className: "map-failed", textContent: word("map_failed") }));
}

export function fit(map, bounds, options = {}) {
  map.invalidateSize({ animate: false });
  if (bounds?.isValid()) map.fitBounds(bounds, { padding: [18, 18], maxZoom: 17, animate: false, ...options });
}

// What a class looks like: never colour alone, so each has a line or a mark of its own.
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

// Short marks on the shapes that are large enough to carry one.
export class Marks {
  constructor(map) {
    this.map = map;
    this.group = L.layerGroup().addTo(map);
    this.told = () => [];
    map.on("zoomend moveend", () => this.draw());
  }

  show(told) {
    this.told = told;
    this.draw();
  }

  draw() {
    this.group.clearLayers();
    const seen = this.map.getBounds();
    const taken = [];
    for (const [layer, text, strong] of this.told()) {
      const bounds = layer.getBounds();
      if (!seen.intersects(bounds)) continue;
      const corner = this.map.latLngToContainerPoint(bounds.getNorthEast()).subtract(this.map.latLngToContainerPoint(bounds.getSouthWest()));
      const wide = [...text].length * 12 + 6;
      if (Math.abs(corner.x) < wide || Math.abs(corner.y) < 18) continue;
      const { label } = layer.feature.properties;
      const at = label ? L.latLng(label[1], label[0]) : bounds.getCenter();
      const place = this.map.latLngToContainerPoint(at);
      if (taken.some((other) => Math.abs(other.x - place.x) < wide && Math.abs(other.y - place.y) < 16)) continue;
      taken.push(place);
      const html = Object.assign(document.createElement("span"), { className: strong ? "ground-mark ground-mark-strong" : "ground-mark", textContent: text });
      L.marker(at, { interactive: false, keyboard: false, pmIgnore: true, snapIgnore: true, icon: L.divIcon({ className: "", html, iconSize: [0, 0] }) }).addTo(this.group);
    }
  }
}
