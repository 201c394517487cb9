// The map beside the list of cameras.
import "../core/picker.js";
import { failed, fit, getJson, L, openMap, token } from "./ground-map.js";
import { colourOf } from "./element-layer.js";

const box = document.querySelector("[data-cameras]");

function mark({ code, name, lon, lat, state, state_name }) {
  const off = state === "offline";
  const pin = L.circleMarker([lat, lon], { radius: 6, fillColor: off ? token("--critical") : state === "online" ? token("--ok") : colourOf("grey"), fillOpacity: 0.95, color: token("--panel"), weight: 2, dashArray: off ? "2 2" : null });
  pin.bindTooltip(`${name} · ${state_name}`, { className: "map-tip", direction: "top" });
  return pin.on("click", () => window.location.assign(`${box.dataset.page}${encodeURIComponent(code)}/`));
}

const map = await openMap(box);
try {
  const [ground, rows] = await Promise.all([getJson(`${box.dataset.boundaries}?level=street`), getJson(`${box.dataset.source}${box.dataset.query}`)]);
  const shapes = L.geoJSON(ground.features.filter((each) => each.geometry), { interactive: false, style: { color: token("--map-line"), weight: 1.4, fill: false } }).addTo(map);
  const pins = L.featureGroup(rows.map(mark)).addTo(map);
  fit(map, pins.getLayers().length ? pins.getBounds() : shapes.getBounds(), { maxZoom: 15 });
} catch {
  failed(box);
}
