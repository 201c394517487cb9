// Grids (or communities, or streets) by load: what is open over what the people there can usually bear.
import { isWithin } from "./geometry.js";
import { getJson, L, token } from "./leaflet.js";

const PANE = "lianqin-load";
const STEPS = [40, 60, 80, 100];
const HOT = 80;

// 0 to 5: 0 is nothing open, 5 is 100 % and over.
export function stepOf(percent) {
  if (!percent) return 0;
  return 1 + STEPS.filter((from) => percent >= from).length;
}
const SHADES = ["transparent", "--load-1", "--load-2", "--load-3", "--load-4", "--load-5"];
// Low loads are muted so that only problems stand out.
const OPACITY = [0, 0.22, 0.34, 0.6, 0.74, 0.82];

export class LoadLayer {
  constructor({ source = "/api/v1/map/load/", level = "grid", told = () => {}, tip = null } = {}) {
    Object.assign(this, { source, level, told, tip, rows: new Map(), code: "" });
  }

  add(city) {
    this.city = city;
    this.map = city.map;
    const pane = this.map.getPane(PANE) ?? this.map.createPane(PANE);
    pane.classList.add("map-load");
    this.renderer = L.canvas({ pane: PANE, padding: 0.2 });
    this.onTheme = () => this.paint();
    window.addEventListener("lianqin:theme", this.onTheme);
    this.onMove = (event) => this.hover(event);
    this.onOut = () => this.tooltip?.remove();
    this.map.on("mousemove", this.onMove).on("mouseout dragstart zoomstart", this.onOut);
    city.labels.source("load", () => this.names());
    this.reload();
    return this;
  }

  remove() {
    this.shapes?.remove();
    this.tooltip?.remove();
    this.shapes = this.tooltip = null;
    this.asked = null;
    this.map?.off("mousemove", this.onMove).off("mouseout dragstart zoomstart", this.onOut);
    window.removeEventListener("lianqin:theme", this.onTheme);
    this.city?.labels.source("load");
    this.city?.ground?.quiet.clear();
    this.map = null;
  }

  setLevel(level) {
    this.level = level;
    this.shapes?.remove();
    this.shapes = null;
    return this.reload();
  }

  async reload() {
    if (!this.map || !this.city.ground) return;
    const asked = (this.asked = Symbol("asked"));
    const { level } = this;
    try {
      const [answer, features] = await Promise.all([getJson(`${this.source}?level=${level}`), this.city.ground.part(level, 0)]);
      if (this.asked !== asked || !this.map) return;
      this.rows = new Map(answer.results.map((row) => [row.code, row]));
      this.total = answer;
      this.draw(features);
      this.told(answer);
    } catch {
      if (this.asked === asked) this.told({ failed: true, results: [] });
    }
  }

  draw(features) {
    if (this.shapes) return this.paint();
    this.shapes = L.geoJSON(features, { interactive: false, pmIgnore: true, snapIgnore: true, renderer: this.renderer, style: (feature) => this.style(feature) }).addTo(this.map);
    this.city.labels.plan();
  }

  style({ id }) {
    const step = stepOf(this.rows.get(id)?.percent);
    const away = !isWithin(id, this.city.focus ?? "");
    if (id === this.code) return { color: token("--text"), weight: 2.4, opacity: 1, fill: true, fillColor: step ? token(SHADES[step]) : token("--map-land"), fillOpacity: OPACITY[step] };
    return { color: token("--map-seam"), weight: 0.8, opacity: away ? 0.2 : 0.7, fill: step > 0, fillColor: token(SHADES[step]), fillOpacity: away ? OPACITY[step] * 0.22 : OPACITY[step] };
  }

  paint() {
    this.shapes?.setStyle((feature) => this.style(feature));
    this.shapes?.getLayers().find((layer) => layer.feature.id === this.code)?.bringToFront();
    this.city?.labels.plan();
  }

  choose(code) {
    this.code = code;
    this.paint();
  }

  focus() {
    this.paint();
  }

  // Only hot ones are named: the share beside the name.
  *names() {
    if (!this.shapes) return;
    for (const { feature } of this.shapes.getLayers()) {
      const row = this.rows.get(feature.id);
      const hot = row?.percent >= HOT;
      if (feature.id !== this.code && (!hot || !isWithin(feature.id, this.city.focus ?? ""))) continue;
      const { at, room } = this.city.ground.roomOf(feature, feature.properties.label);
      const { short_name: brief, name } = feature.properties;
      yield { at, text: room > 64 || feature.id === this.code ? brief || name : "", note: row?.percent === null || !row ? "" : `${row.percent}%`, rank: 70 + (row?.percent ?? 0) / 50, look: "map-name-hot", lifts: [0, -28, 28, -44], room: hot || feature.id === this.code ? Infinity : room };
    }
  }

  hover({ latlng }) {
    if (!this.tip || this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      if (!this.map) return;
      const feature = this.city.ground.at(latlng.lng, latlng.lat, this.level);
      if (!feature) return void this.tooltip?.remove();
      this.tooltip ??= L.tooltip({ className: "map-tip", direction: "top", offset: [0, -12], interactive: false });
      this.tooltip.setLatLng(latlng).setContent(Object.assign(document.createElement("span"), { textContent: this.tip(feature.properties, this.rows.get(feature.id)) })).addTo(this.map);
    });
  }
}
