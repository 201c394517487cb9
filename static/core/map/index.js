// The map for pages. Boxes: data-map="order" shows a place, data-map="pick" lets one be put.
import { word } from "../words.js";
import { CityMap } from "./city.js";
import { hasRoom, isOpen, sized } from "./open.js";

export { CityMap } from "./city.js";
export { failed, zoomByKey } from "./open.js";
export * as layers from "./layers.js";

const opened = new WeakMap();

// The map of a box, opened once.
export function mapOf(box, options = {}) {
  if (!opened.has(box)) opened.set(box, CityMap.open(box, options));
  return opened.get(box);
}

// Where an order lies: its grid, its place, the names around it.
async function show(box) {
  const city = await mapOf(box, { keyboard: false, basemap: true });
  if (!city.ground) return;
  // It may have been hidden or exchanged for another while the ground was on its way.
  if (!hasRoom(box)) await sized(box);
  const { grid = "", street = "" } = box.dataset;
  const [lon, lat] = [Number.parseFloat(box.dataset.lon), Number.parseFloat(box.dataset.lat)];
  const known = Number.isFinite(lon) && Number.isFinite(lat);
  if (grid) await city.ground.part("grid", 1).catch(() => {});
  if (!isOpen(city.map)) return;
  city.ground.mine = grid;
  const target = city.ground.get(grid) ? grid : city.ground.get(street) ? street : "";
  const above = box.querySelector(".map-note") ? 60 : 34;
  if (target || !known) city.frame(target, { padding: [34, above] });
  else {
    // A spot in no grid is shown with the whole district, or nobody could tell where it is.
    const whole = city.ground.bounds("").extend([lat, lon]);
    city.frame([whole.getWest(), whole.getSouth(), whole.getEast(), whole.getNorth()], { padding: [16, 16] });
  }
  await city.ground.refresh();
  if (!isOpen(city.map)) return;
  city.ground.paint();
  if (known) city.pin(lon, lat);
}

// Let the user put the pin; ``told`` hears longitude and latitude (WGS-84).
export async function pick(box, told, start) {
  const city = await mapOf(box, { keyboard: true, basemap: true });
  city.frame();
  let pin = null;
  const put = (lon, lat, quiet) => {
    if (pin) pin.move(lon, lat);
    else pin = city.pin(lon, lat);
    if (!quiet) told(Number(lon.toFixed(6)), Number(lat.toFixed(6)));
  };
  city.onClick((lon, lat) => put(lon, lat));
  // Enter puts the pin in the middle: with the arrow keys no mouse is needed.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    const { lng, lat } = city.map.getCenter();
    put(lng, lat);
  });
  if (start) {
    put(start[0], start[1], true);
    city.go(start[0], start[1], 15);
  }
  box.setAttribute("aria-label", word("map_pick"));
  return {
    city,
    put: (lon, lat) => {
      put(lon, lat);
      city.go(lon, lat, 15);
    },
  };
}

// Pages exchange their parts: a map whose box is gone is closed, or its listeners would stay.
const shown = new Map();

export function showMaps(root) {
  for (const [box, map] of shown) {
    if (box.isConnected) continue;
    shown.delete(box);
    map.then((city) => city.close());
  }
  for (const box of root.querySelectorAll('[data-map="order"]')) {
    if (shown.has(box)) continue;
    shown.set(box, mapOf(box, { keyboard: false, basemap: true }));
    show(box);
  }
}
