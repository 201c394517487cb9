// Points and clusters of a viewport, drawn on one canvas: asked for when the map rests, kept while it moves.
import { L, getJson, token } from "./ground-map.js";

const REST = 120; // milliseconds
const MARGIN = 0.15; // of the viewport, so that a small pan asks nothing

const Cluster = L.CircleMarker.extend({
  _updatePath() {
    L.CircleMarker.prototype._updatePath.call(this);
    const drawing = this._renderer;
    if (!drawing._drawing || this._empty()) return;
    const pen = drawing._ctx;
    const { count, ink } = this.options;
    pen.globalAlpha = 1;
    pen.fillStyle = ink;
    pen.font = `600 ${count.length > 4 ? 11 : 12}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(count, this._point.x, this._point.y + 0.5);
  },
});

const short = (number) => (number < 10000 ? String(number) : `${(number / 10000).toFixed(number < 100000 ? 1 : 0)}万`);
const colours = new Map();
export const colourOf = (name) => {
  if (!colours.has(name)) colours.set(name, token(`--el-${name}`) || token("--el-grey"));
  return colours.get(name);
};

export class ElementLayer {
  constructor(map, { source, colourOfType, told, chosen }) {
    Object.assign(this, { map, source, colourOfType, told, chosen });
    this.group = L.layerGroup().addTo(map);
    this.asked = null;
    this.waiting = 0;
    map.on("moveend", () => this.refresh());
  }

  narrow(query) {
    this.query = query;
    this.asked = null;
    this.refresh();
  }

  covered() {
    return this.asked && this.asked.zoom === Math.floor(this.map.getZoom() + 0.01) && this.asked.bounds.contains(this.map.getBounds());
  }

  refresh() {
    if (this.covered()) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.load(), this.asked ? REST : 0);
  }

  async load() {
    const zoom = Math.floor(this.map.getZoom() + 0.01);
    const bounds = this.map.getBounds().pad(MARGIN);
    const asked = { zoom, bounds };
    this.asked = asked;
    const query = new URLSearchParams(this.query);
    query.set("bbox", bounds.toBBoxString());
    query.set("zoom", zoom);
    try {
      const answer = await getJson(`${this.source}?${query}`);
      if (this.asked === asked) this.draw(answer);
    } catch {
      if (this.asked === asked) {
        this.asked = null;
        this.told({ kind: "failed", total: 0 });
      }
    }
  }

  draw(answer) {
    this.group.clearLayers();
    const make = answer.kind === "clusters" ? (feature) => this.cluster(feature) : (feature) => this.point(feature);
    for (const feature of answer.features) this.group.addLayer(make(feature));
    this.told(answer);
  }

  cluster({ geometry: { coordinates: [lon, lat] }, properties: { cluster } }) {
    const radius = Math.min(26, 11 + 3.2 * Math.log10(cluster));
    const mark = new Cluster([lat, lon], { radius, count: short(cluster), ink: token("--on-primary"), fillColor: token("--primary"), fillOpacity: 0.86, color: token("--panel"), weight: 2 });
    return mark.on("click", () => this.map.setView([lat, lon], Math.min(this.map.getZoom() + 2, this.map.getMaxZoom())));
  }

  point({ id, geometry: { coordinates: [lon, lat] }, properties: { name, type, key } }) {
    const mark = L.circleMarker([lat, lon], { radius: key ? 7 : 4.5, fillColor: this.colourOfType(type), fillOpacity: 0.9, color: key ? token("--warn-fill") : token("--panel"), weight: key ? 3 : 1.2 });
    return mark.bindTooltip(name, { className: "map-tip", direction: "top" }).on("click", () => this.chosen(id));
  }
}
