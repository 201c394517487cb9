// The map of a re-division: its grids, what is wrong with them, and the tools that draw.
import { L } from "./geoman.js";
import { token } from "../core/map/leaflet.js";
import { Marks } from "../core/map/marks.js";
import { fit } from "../core/map/open.js";

const round = (value) => Math.round(value * 1e6) / 1e6;
const SNAP = { snappable: true, snapDistance: 14, snapMiddle: false, tooltips: false, allowSelfIntersection: false };
const same = (a, b) => Math.abs(a.lat - b.lat) < 5e-7 && Math.abs(a.lng - b.lng) < 5e-7;

export class PlanMap {
  constructor(map, { picked, drawn, outlines }) {
    this.map = map;
    this.picked = picked;
    this.drawn = drawn;
    this.layers = new Map();
    this.selection = new Set();
    this.ground = L.featureGroup().addTo(map);
    this.outlines = L.geoJSON(outlines.features.filter((each) => each.geometry), { interactive: false, pmIgnore: true, snapIgnore: false, style: { color: token("--text-2"), weight: 2.4, fill: false } }).addTo(map);
    this.faults = L.featureGroup().addTo(map);
    this.sketch = L.featureGroup().addTo(map);
    this.marks = new Marks(map);
    this.marks.show(() => [...this.layers.values()].map((layer) => [layer, label(layer.feature.properties), this.selection.has(layer.feature.properties.code)]));
    map.pm.setGlobalOptions({ pinning: false, continueDrawing: false });
    map.on("pm:create", ({ layer }) => {
      layer.remove();
      this.drawn(geometryOf(layer));
    });
  }

  // Replace the grids of these communities (all of them, if none is named).
  setGrids(features, communities = null) {
    for (const [code, layer] of this.layers) {
      if (communities && !communities.includes(layer.feature.properties.community)) continue;
      layer.pm?.disable();
      this.ground.removeLayer(layer);
      this.layers.delete(code);
    }
    for (const feature of features.filter((each) => each.geometry)) {
      const [layer] = L.geoJSON(feature, { style: () => this.style(feature.properties) }).getLayers();
      layer.feature = feature;
      layer.on("click", (event) => {
        if (!this.drawing) this.picked(feature.properties.code, event.originalEvent.shiftKey);
      });
      this.layers.set(feature.properties.code, layer);
      layer.addTo(this.ground);
    }
    this.faults.bringToFront();
    this.marks.draw();
  }

  style({ code, goes_on: goesOn }) {
    const chosen = this.selection.has(code);
    const tone = token(chosen ? "--primary" : goesOn ? "--text-3" : "--ok");
    return { color: tone, weight: chosen ? 3 : 1.2, dashArray: goesOn || chosen ? null : "6 4", fillColor: tone, fillOpacity: chosen ? 0.22 : goesOn ? 0.1 : 0.2 };
  }

  select(codes, move = false) {
    this.selection = new Set(codes);
    for (const layer of this.layers.values()) layer.setStyle(this.style(layer.feature.properties));
    for (const code of codes) this.layers.get(code)?.bringToFront();
    this.faults.bringToFront();
    this.marks.draw();
    const found = codes.map((code) => this.layers.get(code)).filter(Boolean);
    if (move && found.length) this.show(L.featureGroup(found).getBounds());
  }

  show(bounds) {
    if (!this.map.getBounds().contains(bounds)) fit(this.map, bounds, { padding: [70, 70] });
  }

  margin() {
    const room = Math.min(56, this.map.getSize().x * 0.07);
    return [room, room];
  }

  whole() {
    const all = L.featureGroup([...this.layers.values(), ...this.outlines.getLayers()]);
    // Room around it: a line that divides begins outside.
    if (all.getLayers().length) fit(this.map, all.getBounds(), { padding: this.margin() });
  }

  setFaults(faults) {
    this.faults.clearLayers();
    const red = token("--critical");
    for (const fault of faults.filter((each) => each.geometry)) {
      const shape = L.geoJSON(fault.geometry, { pmIgnore: true, interactive: false, style: { color: red, weight: 2, fillColor: red, fillOpacity: 0.55 }, pointToLayer: (_, at) => L.circleMarker(at, { pmIgnore: true, radius: 6, color: red }) });
      shape.addTo(this.faults);
      // A sliver of a metre cannot be seen from afar: a ring says where it is.
      L.circleMarker(shape.getBounds().getCenter(), { pmIgnore: true, interactive: false, radius: 11, color: red, weight: 2, fill: false }).addTo(this.faults);
    }
  }

  jump(geometry) {
    fit(this.map, L.geoJSON(geometry).getBounds().pad(0.6), { maxZoom: 19 });
  }

  point([lon, lat]) {
    const ring = L.circleMarker([lat, lon], { pmIgnore: true, interactive: false, radius: 14, color: token("--critical"), weight: 3, fill: false }).addTo(this.map);
    this.show(L.latLngBounds([[lat, lon]]).pad(0.1));
    setTimeout(() => ring.remove(), 6000);
  }

  // What was drawn and not saved stays on the map.
  keep(geometry) {
    this.sketch.clearLayers();
    if (geometry) L.geoJSON(geometry, { pmIgnore: true, interactive: false, style: { color: token("--primary"), weight: 3, dashArray: "6 6", fillOpacity: 0.06 } }).addTo(this.sketch);
  }

  draw(shape) {
    this.stop();
    this.drawing = true;
    const line = { color: token("--primary"), weight: 3 };
    this.map.pm.enableDraw(shape, { ...SNAP, allowSelfIntersection: shape === "Line", finishOn: "dblclick", templineStyle: line, hintlineStyle: { ...line, dashArray: "5 6" }, pathOptions: line });
  }

  // Keyboard while drawing: Enter ends, Backspace takes the last point back.
  key(event) {
    const tool = this.map.pm.Draw.getActiveShape();
    if (!tool) return false;
    if (event.key === "Enter") this.map.pm.Draw[tool]._finishShape();
    else if (event.key === "Backspace") this.map.pm.Draw[tool]._removeLastVertex();
    else return false;
    return true;
  }

  reshape(code) {
    this.stop();
    const layer = this.layers.get(code);
    if (!layer) return;
    this.edited = { layer, before: clone(layer), around: new Map(), changed: false };
    // Corners must lie far enough apart to be taken hold of.
    const [low, high] = [layer.getBounds().getSouthWest(), layer.getBounds().getNorthEast()].map((corner) => this.map.latLngToContainerPoint(corner));
    if (Math.max(Math.abs(high.x - low.x), Math.abs(high.y - low.y)) < 200) fit(this.map, layer.getBounds(), { padding: this.margin(), maxZoom: 19 });
    this.drawing = true;
    layer.pm.enable({ ...SNAP, removeVertexOn: "contextmenu" });
    layer.on("pm:markerdragstart", ({ indexPath }) => this.hold(indexPath));
    layer.on("pm:markerdrag", ({ markerEvent }) => this.drag(markerEvent.target.getLatLng()));
    // A corner that would make the ring cross itself springs back a moment later.
    layer.on("pm:markerdragend pm:intersect", () => setTimeout(() => this.release()));
    layer.on("pm:vertexadded pm:vertexremoved", () => { this.edited.changed = true; });
  }

  // Remember who else has the corner that is being moved. They go with it, so it must not snap to them.
  hold(path) {
    this.path = path;
    this.held = [];
    const corner = at(this.edited.layer, path);
    for (const layer of this.layers.values()) {
      if (layer === this.edited.layer) continue;
      for (const ring of layer.getLatLngs()) {
        ring.forEach((point, index) => {
          if (!same(point, corner)) return;
          if (!this.edited.around.has(layer)) this.edited.around.set(layer, clone(layer));
          this.held.push([layer, ring, index]);
          layer.options.snapIgnore = true;
        });
      }
    }
  }

  drag(to) {
    for (const [layer, ring, index] of this.held ?? []) {
      ring[index] = L.latLng(to.lat, to.lng);
      layer.redraw();
    }
  }

  release() {
    for (const [layer] of this.held ?? []) delete layer.options.snapIgnore;
    if (this.edited && this.held?.length) this.drag(at(this.edited.layer, this.path));
  }

  // The edited polygon: moved corners if the corners are the same ones, else the whole ring.
  edit() {
    const { layer, before, changed } = this.edited;
    const now = layer.getLatLngs();
    const boundary = geometryOf(layer);
    const alike = !changed && now.length === before.length && now.every((ring, i) => ring.length === before[i].length);
    if (!alike) return { boundary };
    const moves = now.flatMap((ring, i) => ring.flatMap((point, j) => (same(point, before[i][j]) ? [] : [{ from: pair(before[i][j]), to: pair(point) }])));
    return { moves, boundary };
  }

  // Leave the tool; corners that were dragged go back unless they were saved.
  stop(saved = false) {
    if (this.map.pm.globalDrawModeEnabled()) this.map.pm.disableDraw();
    if (this.edited) {
      const { layer, before, around } = this.edited;
      layer.pm.disable();
      layer.off("pm:markerdragstart pm:markerdrag pm:markerdragend pm:intersect pm:vertexadded pm:vertexremoved");
      if (!saved) {
        layer.setLatLngs(before);
        for (const [other, rings] of around) other.setLatLngs(rings);
      }
    }
    this.edited = null;
    this.held = [];
    this.drawing = false;
  }

  // The boundaries of today in place of the plan.
  before(features) {
    this.present?.remove();
    this.present = features && L.geoJSON(features.filter((each) => each.geometry), { pmIgnore: true, interactive: false, style: { color: token("--text"), weight: 1.6, dashArray: "2 4", fill: false } }).addTo(this.map);
    for (const group of [this.ground, this.faults]) features ? group.remove() : group.addTo(this.map);
    this.marks.show(() => (features ? this.present.getLayers().map((layer) => [layer, layer.feature.properties.code.slice(-3), false]) : [...this.layers.values()].map((layer) => [layer, label(layer.feature.properties), this.selection.has(layer.feature.properties.code)])));
  }
}

const label = ({ code, goes_on: goesOn }) => `${goesOn ? "" : "+"}${code.slice(-3)}`;
const pair = (point) => [round(point.lng), round(point.lat)];
const clone = (layer) => layer.getLatLngs().map((ring) => ring.map((point) => L.latLng(point.lat, point.lng)));
const at = (layer, path) => path.reduce((rings, index) => rings[index], layer.getLatLngs());

function geometryOf(layer) {
  const { geometry } = layer.toGeoJSON(6);
  return { type: geometry.type, coordinates: geometry.coordinates };
}
