// The one map of all pages: our boundaries, names, layers on top of them, and where the user is.
import { word } from "../words.js";
import { Basemaps } from "./basemaps.js";
import { Ground } from "./ground.js";
import { isWithin } from "./geometry.js";
import { Labels } from "./labels.js";
import { L } from "./leaflet.js";
import { failed, fit, openMap } from "./open.js";

const GROUND = "/api/v1/map/ground/";

export class CityMap {
  // Open ``box`` as a map with the ground drawn. Never rejects: without a ground the box says so and ``ground`` is null.
  static async open(box, { levels, keyboard = true, basemap = false, ...options } = {}) {
    const city = new CityMap();
    city.box = box;
    city.map = await openMap(box, { keyboard, ...options });
    city.labels = new Labels(city.map);
    city.layers = new Map();
    const ground = new Ground(city.map, box.dataset.ground || GROUND, city.labels);
    if (levels) ground.levels = new Set(levels);
    try {
      city.ground = await ground.load();
    } catch {
      city.ground = null;
      failed(box);
    }
    city.basemaps = new Basemaps(city.map, city.ground);
    if (basemap) await city.basemaps.restore();
    return city;
  }

  // Show a division (code), bounds [west, south, east, north], or with nothing the whole district.
  frame(place = "", { padding = [22, 22], animate = false, maxZoom = 17 } = {}) {
    const bounds = Array.isArray(place) ? L.latLngBounds([place[1], place[0]], [place[3], place[2]]) : this.ground?.bounds(place);
    fit(this.map, bounds, { padding, animate, maxZoom });
  }

  go(lon, lat, zoom = 16) {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), zoom));
  }

  // A place that is looked at. The answer moves and takes it away.
  pin(lon, lat, { draggable = false, told = null } = {}) {
    const icon = L.divIcon({ className: "", html: '<div class="map-target"></div>', iconSize: [34, 34] });
    const mark = L.marker([lat, lon], { interactive: draggable, draggable, keyboard: draggable, title: word("map_place"), icon }).addTo(this.map);
    if (told) mark.on("dragend", () => told(mark.getLatLng().lng, mark.getLatLng().lat));
    this.labels.source("pin", () => [{ at: [mark.getLatLng().lng, mark.getLatLng().lat], rank: 99, size: 40 }]);
    return {
      move: (x, y) => mark.setLatLng([y, x]),
      remove: () => {
        mark.remove();
        this.labels.source("pin");
      },
    };
  }

  // A layer has ``add(city)`` and ``remove()``; see layers.js.
  add(name, layer) {
    this.drop(name);
    this.layers.set(name, layer);
    layer.add(this);
    return layer;
  }

  drop(name) {
    this.layers.get(name)?.remove();
    this.layers.delete(name);
  }

  // Tell of clicks and of the pointer at rest: ``told(lon, lat, event)``.
  onClick(told) {
    this.map.on("click", (event) => told(event.latlng.lng, event.latlng.lat, event));
  }

  onMove(told) {
    this.map.on("moveend", () => told(this.view()));
  }

  // [west, south, east, north] and the whole zoom.
  view() {
    const bounds = this.map.getBounds();
    return { box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], zoom: Math.floor(this.map.getZoom() + 0.01) };
  }

  setFocus(code) {
    this.focus = code;
    this.ground?.setFocus(code);
    for (const layer of this.layers.values()) layer.focus?.(code);
  }

  isShown(code) {
    return isWithin(code, this.focus ?? "");
  }

  close() {
    for (const name of [...this.layers.keys()]) this.drop(name);
    this.basemaps.close();
    this.map.remove();
  }
}
