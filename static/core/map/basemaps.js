// What lies under our boundaries: nothing by default, or the tiles that an administrator configured. On a base in GCJ-02 the
// map itself is projected in GCJ-02: what we draw is moved with it, and a click comes back in WGS-84.
import { fromGcj, toGcj } from "./gcj.js";
import { getJson, L } from "./leaflet.js";
import { isOpen } from "./open.js";

const KEPT = "lianqin:basemap";
const LIST = "/api/v1/map/basemaps/";
const PANE = "lianqin-tiles";
const SETTLED = 500; // ms: a screenful fails together, and one of it is asked why.
const SHORTEST_WAIT = 2; // s, doubled each time that nothing came.
const LONGEST_WAIT = 60;
const mercator = L.Projection.SphericalMercator;

export const GCJ02 = L.extend({}, L.CRS.EPSG3857, {
  code: "GCJ02",
  projection: {
    ...mercator,
    project: ({ lat, lng }) => {
      const [x, y] = toGcj(lng, lat);
      return mercator.project(L.latLng(y, x));
    },
    unproject: (point) => {
      const { lat, lng } = mercator.unproject(point);
      const [x, y] = fromGcj(lng, lat);
      return L.latLng(y, x);
    },
  },
});

let listed = null;
export function basemapsOf(url = LIST) {
  listed ??= getJson(url).catch(() => {
    listed = null;
    return { results: [] };
  });
  return listed.then(({ results }) => results);
}

// The door may ask for patience (429, 503): what did not come is asked for again after that time, and the base stays.
function patient(layer) {
  let failed = new Set();
  let timer = 0;
  let wait = SHORTEST_WAIT;
  const ask = async () => {
    const tiles = [...failed].filter((tile) => tile.isConnected);
    failed = new Set();
    timer = 0;
    if (!tiles.length) return;
    const answer = await fetch(tiles.at(-1).src, { credentials: "same-origin" }).catch(() => null);
    if (!answer || !(answer.ok || answer.status === 429 || answer.status === 503)) return;
    const told = Number(answer.headers.get("Retry-After")) || 0;
    const seconds = answer.ok ? 0 : Math.max(told, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    setTimeout(() => tiles.forEach((tile) => tile.isConnected && (tile.src = tile.src)), seconds * 1000);
  };
  layer.on("tileload", () => (wait = SHORTEST_WAIT));
  return layer.on("tileerror", ({ tile }) => {
    failed.add(tile);
    timer ||= setTimeout(ask, SETTLED);
  });
}

export class Basemaps {
  constructor(map, ground) {
    Object.assign(this, { map, ground, shown: [], chosen: "" });
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.classList.add("map-tiles");
  }

  list() {
    return basemapsOf();
  }

  // The base that this browser used last, if it is still offered.
  async restore() {
    let name = "";
    try {
      name = localStorage.getItem(KEPT) ?? "";
    } catch {
      // Storage may be forbidden: the plain ground then.
    }
    const base = name ? (await this.list()).find((each) => each.code === name) : null;
    if (base && isOpen(this.map)) this.show(base, false);
  }

  // ``base``: {code, urls, crs, min_zoom, max_zoom, attribution, subdomains} or null for none.
  show(base, keep = true) {
    for (const layer of this.shown) layer.remove();
    this.project(base?.crs === "gcj02" ? GCJ02 : L.CRS.EPSG3857);
    const options = { pane: PANE, minZoom: 3, maxZoom: 20, minNativeZoom: base?.min_zoom, maxNativeZoom: base?.max_zoom, subdomains: base?.subdomains || "abc", referrerPolicy: "strict-origin-when-cross-origin" };
    this.shown = (base?.urls ?? []).map((url) => patient(L.tileLayer(url, options)).addTo(this.map));
    this.chosen = base?.code ?? "";
    this.map.getContainer().classList.toggle("map-tiled", Boolean(base));
    this.ground?.setTiled(Boolean(base));
    this.credit(base?.attribution ?? "");
    if (!keep) return;
    try {
      localStorage.setItem(KEPT, this.chosen);
    } catch {
      // Then it lasts for this page.
    }
  }

  // Tell whether the tiles come, as they do.
  onTiles(told) {
    for (const layer of this.shown) layer.on("tileload", () => told(true)).on("tileerror", () => told(false));
  }

  project(crs) {
    if (this.map.options.crs === crs) return;
    const [centre, zoom] = [this.map.getCenter(), this.map.getZoom()];
    this.map.options.crs = crs;
    this.map.setView(centre, zoom, { reset: true, animate: false });
  }

  credit(text) {
    this.line ??= this.map.getContainer().appendChild(Object.assign(document.createElement("div"), { className: "map-credit" }));
    this.line.textContent = text;
    this.line.hidden = !text;
  }

  close() {
    this.line?.remove();
  }
}
