// The map beside the list of cameras.
import "../core/picker.js";
import { CityMap, layers } from "../core/map/index.js";
import { getJson } from "../core/map/leaflet.js";

const box = document.querySelector("[data-cameras]");
const city = await CityMap.open(box, { basemap: true });
try {
  const rows = await getJson(`${box.dataset.source}${box.dataset.query}`);
  const look = { tip: ({ name, state_name: state }) => `${name} · ${state}`, look: layers.cameraLook, gathers: true, chosen: (code) => code && window.location.assign(`${box.dataset.page}${encodeURIComponent(code)}/`) };
  const pins = city.add("cameras", layers.placesLayer(rows, look));
  const points = pins.bounds();
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  city.frame(points.length ? [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)] : "", { maxZoom: 15 });
} catch {
  city.frame();
}
