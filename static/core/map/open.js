// A box becomes a map once it has room; it keeps its frame when the box is hidden, shown or resized.
import { word } from "../words.js";
import { L } from "./leaflet.js";

// A map in a hidden column has no size yet, and a frame smaller than its padding is no number.
const ROOM = 100;
export const hasRoom = (box) => box.clientWidth > ROOM && box.clientHeight > ROOM;
export const sized = (box) => new Promise((done) => {
  if (hasRoom(box)) return done();
  const watch = new ResizeObserver(() => {
    if (!hasRoom(box)) return;
    watch.disconnect();
    done();
  });
  watch.observe(box);
});

// A map that was removed still says that it is loaded; what arrives for it must not be drawn.
const removed = new WeakSet();
export const isOpen = (map) => !removed.has(map);

const STEP = 120; // pixels of an arrow key
const KEYS = { "+": 1, "=": 1, "-": -1, _: -1 };

export async function openMap(box, options = {}) {
  await sized(box);
  const map = L.map(box, { zoomControl: false, attributionControl: false, zoomSnap: 0.1, preferCanvas: true, maxZoom: 20, minZoom: 8, keyboardPanDelta: STEP, ...options });
  L.control.zoom({ position: "bottomright", zoomInTitle: word("zoom_in"), zoomOutTitle: word("zoom_out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.setView([32.06, 118.6], 11);
  const watch = new ResizeObserver(() => hasRoom(box) && map.invalidateSize({ animate: false }));
  watch.observe(box);
  map.on("unload", () => {
    removed.add(map);
    watch.disconnect();
  });
  return map;
}

// The keys of a map whose own keyboard is off because the page has keys too.
export function zoomByKey(map, event) {
  if (!(event.key in KEYS)) return false;
  map.setZoom(Math.round(map.getZoom()) + KEYS[event.key]);
  return true;
}

export function failed(box) {
  if (box.querySelector(".map-failed")) return;
  box.append(Object.assign(document.createElement("div"), { className: "map-failed", textContent: word("map_failed") }));
}

export function fit(map, bounds, options = {}) {
  map.invalidateSize({ animate: false });
  if (bounds?.isValid()) map.fitBounds(bounds, { padding: [18, 18], maxZoom: 17, animate: false, ...options });
}
