// Points and counts of what is in view, on one canvas: asked for when the map rests, kept while it moves.
import { getJson, L, token } from "./leaflet.js";
import { mark, short } from "./shapes.js";

const REST = 120; // milliseconds
const MARGIN = 0.15; // of the view, so that a small pan asks nothing
const NEAR = 30; // pixels within which marks would cover each other
const TIP = { className: "map-tip", direction: "top", offset: [0, -6] };

// source   (box, zoom) => address of a GeoJSON answer with kind "features" or "clusters" and total; or of a plain list
// look     properties => what drawMark takes; clusterLook (count, properties) => the same for a count
// tip      properties => text; chosen (id, properties, at); told (answer) after each load; gathers: whether near ones join
export class PointsLayer {
  constructor({ source, look, tip = null, chosen = null, told = () => {}, clusterLook = null, gathers = true, read = (answer) => answer, whole = false }) {
    Object.assign(this, { source, look, tip, chosen, told, clusterLook, gathers, read, whole });
    this.group = L.layerGroup();
    this.answer = null;
    this.asked = null;
    this.failed = false;
  }

  add(city) {
    this.city = city;
    this.map = city.map;
    this.group.addTo(this.map);
    this.follow = () => this.refresh();
    this.repaint = () => this.draw();
    this.map.on("moveend", this.follow);
    // Names keep clear of the marks.
    city.labels.source(this.group, () => this.kept ?? []);
    window.addEventListener("lianqin:theme", this.repaint);
    this.refresh();
    return this;
  }

  remove() {
    clearTimeout(this.waiting);
    this.asked = null;
    this.map?.off("moveend", this.follow);
    window.removeEventListener("lianqin:theme", this.repaint);
    this.group.clearLayers().remove();
    this.city?.labels.source(this.group);
    this.map = null;
  }

  // Ask again with what is wanted now.
  reload() {
    this.asked = null;
    if (this.map) this.refresh();
  }

  covered() {
    if (!this.asked) return false;
    return this.whole || (this.asked.zoom === this.city.view().zoom && this.asked.bounds.contains(this.map.getBounds()));
  }

  refresh() {
    if (this.covered()) return this.gathers && this.answer?.kind !== "clusters" && this.zoom !== this.map.getZoom() ? this.draw() : undefined;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.load(), this.asked ? REST : 0);
  }

  async load() {
    if (!this.map) return;
    const { zoom } = this.city.view();
    const bounds = this.map.getBounds().pad(MARGIN);
    const asked = { zoom, bounds };
    this.asked = asked;
    try {
      const answer = this.read(await getJson(this.source(bounds.toBBoxString(), zoom)));
      if (this.asked !== asked) return;
      this.failed = false;
      this.answer = answer;
      this.draw();
      this.told(answer);
    } catch {
      if (this.asked !== asked) return;
      this.asked = null;
      this.failed = true;
      this.told({ kind: "failed", total: 0, features: [] });
    }
  }

  draw() {
    if (!this.map || !this.answer) return;
    this.zoom = this.map.getZoom();
    this.group.clearLayers();
    this.kept = [];
    this.city.labels.plan();
    const { kind, features } = this.answer;
    if (kind === "clusters") for (const feature of features) this.count(feature.geometry.coordinates, feature.properties.cluster, feature.properties);
    else for (const near of this.gathered(features)) near.length === 1 ? this.point(near[0]) : this.several(near);
  }

  // Marks that would lie on each other: each joins the first group that is near.
  gathered(features) {
    if (!this.gathers) return features.map((feature) => [feature]);
    const squares = new Map();
    const groups = [];
    for (const feature of features) {
      const [lon, lat] = feature.geometry.coordinates;
      const at = this.map.project([lat, lon]);
      const [x, y] = [Math.floor(at.x / NEAR), Math.floor(at.y / NEAR)];
      const group = this.near(squares, at, x, y);
      if (group) group.features.push(feature);
      else {
        const made = { at, features: [feature] };
        groups.push(made);
        squares.set(`${x}:${y}`, [...(squares.get(`${x}:${y}`) ?? []), made]);
      }
    }
    return groups.map((group) => group.features);
  }

  near(squares, at, x, y) {
    for (let i = -1; i <= 1; i += 1) {
      for (let j = -1; j <= 1; j += 1) {
        const found = squares.get(`${x + i}:${y + j}`)?.find((group) => at.distanceTo(group.at) < NEAR);
        if (found) return found;
      }
    }
    return null;
  }

  several(features) {
    const middle = [0, 1].map((i) => features.reduce((sum, { geometry }) => sum + geometry.coordinates[i], 0) / features.length);
    const sum = (name) => features.reduce((number, { properties }) => number + Number(properties[name] ?? 0), 0);
    this.count(middle, features.length, { late: sum("late"), urgent: sum("urgent") }, features);
  }

  count(at, number, properties, features = null) {
    const look = this.clusterLook?.(number, properties) ?? { fill: token("--primary"), line: token("--panel"), weight: 2, ink: token("--on-primary"), text: short(number) };
    const layer = mark(at, { radius: Math.min(26, 11 + 3.2 * Math.log10(number)), ...look });
    layer.on("click", (event) => {
      L.DomEvent.stop(event);
      const same = features && (this.map.getZoom() > 17.5 || features.every((each) => String(each.geometry.coordinates) === String(features[0].geometry.coordinates)));
      if (same && this.chosen) this.chosen(null, features, at);
      else this.map.setView([at[1], at[0]], Math.min(this.map.getZoom() + 2, this.map.getMaxZoom()));
    });
    this.kept.push({ at, size: 34, rank: 95 });
    this.group.addLayer(layer);
  }

  point({ id, geometry, properties }) {
    const layer = mark(geometry.coordinates, this.look(properties));
    if (this.tip) layer.bindTooltip(() => Object.assign(document.createElement("span"), { textContent: this.tip(properties) }), TIP);
    if (this.chosen) layer.on("click", (event) => {
      L.DomEvent.stop(event);
      this.chosen(id, properties, geometry.coordinates);
    });
    if (this.gathers) this.kept.push({ at: geometry.coordinates, size: 20, rank: 94 });
    this.group.addLayer(layer);
  }

  // For lists of what the map shows: those in view, nearest to the middle first.
  inView(most = 50) {
    if (!this.map || !this.answer || this.answer.kind === "clusters") return [];
    const bounds = this.map.getBounds();
    return this.answer.features.filter(({ geometry }) => bounds.contains([geometry.coordinates[1], geometry.coordinates[0]])).slice(0, most);
  }
}

// A plain list of rows with lon and lat as a GeoJSON answer.
export const fromRows = (rows, id = "code") => ({
  kind: "features",
  total: rows.length,
  features: rows.filter((row) => row.lon !== null && row.lat !== null).map((row) => ({ id: row[id], geometry: { coordinates: [row.lon, row.lat] }, properties: row })),
});
