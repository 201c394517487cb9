// The map of an order. It and static/configuration/ground-map.js alone know the map library. Boundaries come as GeoJSON; there are no tiles and no foreign host.
import * as L from "../vendor/leaflet/leaflet.js";
import { word } from "./words.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const loads = new Map();

const LAYERS = ["grid", "street"];

async function layer(url, level) {
  const response = await fetch(`${url}?level=${level}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  const { features } = await response.json();
  return features.filter((feature) => feature.geometry).map((feature) => ({ ...feature, properties: { ...feature.properties, level } }));
}

function boundaries(url) {
  if (!loads.has(url)) {
    const load = Promise.all(LAYERS.map((level) => layer(url, level))).then((parts) => ({ type: "FeatureCollection", features: parts.flat() }));
    load.catch(() => loads.delete(url));
    loads.set(url, load);
  }
  return loads.get(url);
}

function styleOf(feature, box) {
  const level = feature.properties.level;
  const mine = level === "grid" && feature.properties.code === box.dataset.grid;
  if (mine) return { color: colour("--primary"), weight: 2, fillColor: colour("--map-fill"), fillOpacity: 0.12 };
  if (level === "grid") return { color: colour("--map-line"), weight: 0.8, dashArray: "3 4", fillColor: colour("--map-fill"), fillOpacity: 0.015 };
  return { color: colour("--map-line"), weight: 1.6, fill: false };
}

function label(map, layer, text, strong) {
  layer.bindTooltip(text, { permanent: true, direction: "center", className: strong ? "map-label map-label-strong" : "map-label" });
}

function nameStreets(map, layers, taken) {
  const size = map.getSize();
  for (const layer of layers) {
    layer.unbindTooltip();
    const at = map.latLngToContainerPoint(layer.getBounds().getCenter());
    if (at.x < 30 || at.y < 14 || at.x > size.x - 30 || at.y > size.y - 14) continue;
    if (taken.some((other) => Math.abs(other.x - at.x) < 74 && Math.abs(other.y - at.y) < 20)) continue;
    taken.push(at);
    label(map, layer, layer.feature.properties.short_name || layer.feature.properties.name, false);
  }
}

const pin = (at) => L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "", html: '<div class="map-target"></div>', iconSize: [34, 34] }) });

function frame(map, box, ground, spot) {
  map.invalidateSize({ animate: false });
  const grid = ground.find((layer) => layer.feature.properties.code === box.dataset.grid);
  const street = ground.find((layer) => layer.feature.properties.code === box.dataset.street);
  const target = grid ?? street;
  if (target) map.fitBounds(target.getBounds(), { paddingTopLeft: [34, box.querySelector(".map-note") ? 60 : 34], paddingBottomRight: [34, 34], animate: false, maxZoom: 17 });
  else {
    const whole = L.featureGroup(ground).getBounds();
    // A spot in no grid is shown with the whole district, or nobody could tell where it is.
    map.fitBounds(spot ? whole.extend(spot) : whole, { padding: [16, 16], animate: false });
  }
}

// A map in a hidden column has no size yet, and a frame smaller than its padding is no number.
const FRAMED = 100;
const hasRoom = (box) => box.clientWidth > FRAMED && box.clientHeight > FRAMED;
const sized = (box) => new Promise((done) => {
  if (hasRoom(box)) return done();
  const watch = new ResizeObserver(() => {
    if (!hasRoom(box)) return;
    watch.disconnect();
    done();
  });
  watch.observe(box);
});

async function draw(box) {
  await sized(box);
  const map = L.map(box, { zoomControl: false, attributionControl: false, zoomSnap: 0.1, preferCanvas: true, keyboard: box.dataset.map === "pick" });
  L.control.zoom({ position: "bottomright", zoomInTitle: word("zoom_in"), zoomOutTitle: word("zoom_out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.setView([32.06, 118.6], 11);
  const lon = Number.parseFloat(box.dataset.lon);
  const lat = Number.parseFloat(box.dataset.lat);
  const spot = Number.isFinite(lon) && Number.isFinite(lat) ? L.latLng(lat, lon) : null;
  let data;
  try {
    data = await boundaries(box.dataset.boundaries);
  } catch {
    const note = Object.assign(document.createElement("div"), { className: "map-failed", textContent: word("map_failed") });
    box.append(note);
    return { map };
  }
  // It may have been hidden or exchanged for another while the ground was on its way.
  await sized(box);
  const ground = [];
  L.geoJSON(data, { interactive: false, style: (feature) => styleOf(feature, box), onEachFeature: (feature, layer) => ground.push(layer) }).addTo(map);
  frame(map, box, ground, spot);
  if (spot) pin(spot).addTo(map);
  const streets = ground.filter((layer) => layer.feature.properties.level === "street");
  const grid = ground.find((layer) => layer.feature.properties.code === box.dataset.grid);
  grid?.bringToFront();
  // The pin is taller than a label.
  const around = (at) => [at, at.subtract([0, 24]), at.add([0, 24])];
  const rename = () => nameStreets(map, streets, spot ? around(map.latLngToContainerPoint(spot)) : []);
  map.on("zoomend moveend", rename);
  rename();
  new ResizeObserver(() => box.clientWidth && map.invalidateSize({ animate: false })).observe(box);
  return { map, ground };
}

const drawn = new WeakMap();

export function mapOf(box) {
  if (!drawn.has(box)) drawn.set(box, draw(box));
  return drawn.get(box);
}

// Let the user put the pin; ``told`` hears longitude and latitude (WGS-84).
export async function pick(box, told, start) {
  const { map } = await mapOf(box);
  let mark = null;
  const put = (at, quiet) => {
    mark?.remove();
    mark = pin(at).addTo(map);
    if (!quiet) told(Number(at.lng.toFixed(6)), Number(at.lat.toFixed(6)));
  };
  map.on("click", (event) => put(event.latlng));
  if (start) put(L.latLng(start[1], start[0]), true);
  return { put: (lon, lat) => { put(L.latLng(lat, lon)); map.setView([lat, lon], Math.max(map.getZoom(), 15)); } };
}

export const showMaps = (root) => root.querySelectorAll('[data-map]:not([data-map="pick"])').forEach(mapOf);
