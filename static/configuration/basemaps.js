// A look at one base map: its tiles under our boundaries, and whether they come.
import { CityMap } from "../core/map/index.js";

const box = document.querySelector("[data-basemap]");
const told = document.querySelector("[data-tiles-told]");
const base = JSON.parse(document.getElementById("basemap")?.textContent ?? "null");
const city = await CityMap.open(box);
city.frame();
if (base) {
  city.basemaps.show(base, false);
  city.basemaps.onTiles((good) => (told.textContent = good ? told.dataset.good : told.dataset.bad));
}
