// The city of our own boundaries: no tiles needed. Lighter lines from afar, exact ones near by, each asked for once.
import { boxHolds, boxOf, holds, isWithin, levelBelow, levelOf, LEVELS } from "./geometry.js";
import { getJson, L, token } from "./leaflet.js";
import { isOpen } from "./open.js";

const PANE = "lianqin-ground";
const loads = new Map();
// From which zoom on a level is drawn, and how exactly.
const FROM = { district: 0, street: 0, community: 11.2, grid: 12.6 };
const detailAt = (zoom) => (zoom < 12.5 ? 0 : zoom < 15 ? 1 : 2);
const KINDS = { forest_farm: "--map-green", farm: "--map-field", resort: "--map-green", urban: "--map-town", rural: "--map-land" };

export function boundaries(url, level, detail) {
  const address = `${url}?level=${level}&detail=${detail}`;
  if (!loads.has(address)) {
    const load = getJson(address).then(({ features }) => features.map((feature) => ({ ...feature, box: boxOf(feature.geometry) })));
    load.catch(() => loads.delete(address));
    loads.set(address, load);
  }
  return loads.get(address);
}

export class Ground {
  constructor(map, url, labels) {
    Object.assign(this, { map, url, labels, focus: "", mine: "", levels: new Set(LEVELS), quiet: new Set() });
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.classList.add("map-ground");
    this.renderer = L.canvas({ pane: PANE, padding: 0.2 });
    this.parts = new Map();
    this.features = new Map();
    this.follow = () => this.refresh();
    map.on("zoomend", this.follow);
    this.repaint = () => this.paint();
    window.addEventListener("lianqin:theme", this.repaint);
    map.on("unload", () => window.removeEventListener("lianqin:theme", this.repaint));
    labels?.source("ground", () => this.names());
  }

  // Resolves when what the present zoom needs is drawn; rejects when the outlines cannot be had.
  async load(levels = ["district", "street"]) {
    await Promise.all(levels.map((level) => this.part(level, 0)));
    await this.refresh();
    return this;
  }

  async part(level, detail) {
    const features = await boundaries(this.url, level, detail);
    const known = this.features.get(level);
    if (!known || known.detail <= detail) this.features.set(level, { detail, byCode: new Map(features.map((each) => [each.id, each])) });
    return features;
  }

  async refresh() {
    const zoom = this.map.getZoom();
    const detail = detailAt(zoom);
    const wanted = LEVELS.filter((level) => this.levels.has(level) && zoom >= FROM[level]);
    for (const [level, part] of this.parts) if (!wanted.includes(level)) part.layer.remove();
    const asked = (this.asked = Symbol("asked"));
    const found = await Promise.all(wanted.map((level) => this.part(level, detail).catch(() => null)));
    if (this.asked !== asked || !isOpen(this.map)) return;
    wanted.forEach((level, index) => found[index] && this.draw(level, detail, found[index]));
    this.parts.get("street")?.layer.setStyle((feature) => this.style(feature));
    this.order();
    this.labels?.plan();
  }

  draw(level, detail, features) {
    const known = this.parts.get(level);
    if (known?.detail === detail) return void known.layer.addTo(this.map);
    known?.layer.remove();
    const layer = L.geoJSON(features, { interactive: false, pmIgnore: true, snapIgnore: true, renderer: this.renderer, style: (feature) => this.style(feature) });
    this.parts.set(level, { detail, layer: layer.addTo(this.map) });
  }

  order() {
    for (const level of ["community", "grid", "street", "district"]) this.parts.get(level)?.layer.bringToFront();
    const mine = this.layerOf(this.mine);
    mine?.bringToFront();
  }

  layerOf(code) {
    return code ? this.parts.get(levelOf(code))?.layer.getLayers().find((layer) => layer.feature.id === code) : null;
  }

  style({ id, properties: { level, kind, setting, parent } }) {
    const away = !isWithin(id, this.focus) && !isWithin(this.focus, id);
    const line = (name, weight, opacity, dashArray = null) => ({ color: token(name), weight, opacity: away ? opacity * 0.35 : opacity, dashArray, fill: false });
    // On tiles there is land already.
    const land = (name) => (this.tiled ? {} : { fill: true, fillColor: token(name), fillOpacity: away ? 0.25 : 0.9 });
    if (id === this.mine) return { ...line("--primary", 2.2, 1), fill: true, fillColor: token("--map-fill"), fillOpacity: 0.13 };
    if (level === "grid") return line("--map-line", 0.7, 0.75, "3 4");
    if (level === "community") return { ...line("--map-line", 0.9, 0.8), ...land(KINDS[this.get(parent)?.properties.kind] ?? KINDS[setting] ?? "--map-land") };
    if (level === "district") return line("--map-shore", 3.2, 0.9);
    // The communities have their own ground, once they are drawn.
    const bare = this.map.getZoom() >= FROM.community && this.levels.has("community");
    return { ...line("--map-edge", 1.7, 0.95), ...(bare ? {} : land(KINDS[kind] ?? "--map-land")) };
  }

  paint() {
    for (const { layer } of this.parts.values()) layer.setStyle((feature) => this.style(feature));
    this.order();
  }

  // Names of the streets from afar, of what lies within nearer by. ``quiet`` levels are named by a layer above.
  *names() {
    const zoom = this.map.getZoom();
    for (const level of ["street", "community", "grid"]) {
      if (this.quiet.has(level) || !this.parts.has(level) || zoom < { street: 9, community: 12.6, grid: 14.4 }[level]) continue;
      for (const feature of this.features.get(level)?.byCode.values() ?? []) {
        const { label, name, short_name: brief } = feature.properties;
        if (this.focus && !isWithin(feature.id, this.focus) && !isWithin(this.focus, feature.id)) continue;
        const { at, room } = this.roomOf(feature, label);
        const mine = feature.id === this.mine;
        yield { at, text: brief || name, rank: mine ? 90 : { street: 60, community: 30, grid: 10 }[level], lifts: level === "street" ? [0, -24, 24] : [0], look: mine ? "map-name-strong" : `map-name-${level}`, room: level === "street" ? Infinity : room };
      }
    }
  }

  roomOf({ box }, label) {
    const low = this.map.latLngToContainerPoint([box[1], box[0]]);
    const high = this.map.latLngToContainerPoint([box[3], box[2]]);
    return { at: label ?? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], room: high.x - low.x };
  }

  get(code) {
    return this.features.get(levelOf(code))?.byCode.get(code) ?? null;
  }

  setTiled(tiled) {
    this.tiled = tiled;
    this.paint();
  }

  // Dim everything but one division; "" shows all alike.
  setFocus(code) {
    this.focus = code;
    this.paint();
    this.labels?.plan();
  }

  bounds(code) {
    const box = code ? this.get(code)?.box : null;
    if (box) return L.latLngBounds([box[1], box[0]], [box[3], box[2]]);
    const all = [...(this.features.get("district")?.byCode.values() ?? this.features.get("street")?.byCode.values() ?? [])];
    return all.reduce((whole, { box: [west, south, east, north] }) => whole.extend([south, west]).extend([north, east]), L.latLngBounds([]));
  }

  // The division of a level at a place, from what is loaded.
  at(lon, lat, level) {
    for (const feature of this.features.get(level)?.byCode.values() ?? []) if (boxHolds(feature.box, lon, lat) && holds(feature.geometry, lon, lat)) return feature;
    return null;
  }

  // The divisions from the district down to ``code``, for a breadcrumb.
  path(code) {
    return LEVELS.map((level) => [...(this.features.get(level)?.byCode.values() ?? [])].find((each) => isWithin(code, each.id))).filter(Boolean);
  }

  below(code) {
    const level = code ? levelBelow(code) : "street";
    return [...(this.features.get(level)?.byCode.values() ?? [])].filter((each) => isWithin(each.id, code));
  }
}
