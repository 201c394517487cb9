// Names on the map: the more important first, none over another, none that does not fit.
import { L } from "./leaflet.js";
import { isOpen } from "./open.js";

const PANE = "lianqin-labels";
const MARGIN = 5;
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

function widthOf(text, size) {
  const key = `${size}${text}`;
  if (!widths.has(key)) {
    pen.font = `600 ${size}px sans-serif`;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

export class Labels {
  constructor(map) {
    this.map = map;
    this.sources = new Map();
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.classList.add("map-labels", "leaflet-zoom-hide");
    this.pane = pane;
    this.kept = new Map();
    map.on("zoomend moveend viewreset resize", () => this.plan());
    map.on("unload", () => cancelAnimationFrame(this.frame));
  }

  // ``told()`` gives [{at: [lon, lat], text, note?, rank, look?, room?, lifts?, size?}]: ``room`` is the pixels that it may
  // take at most, ``lifts`` how far it may move up or down; without a text it only keeps ``size`` pixels free.
  source(name, told) {
    if (told) this.sources.set(name, told);
    else this.sources.delete(name);
    this.plan();
  }

  plan() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    if (!isOpen(this.map)) return;
    const size = this.map.getSize();
    const taken = [];
    const wanted = [...this.sources.values()].flatMap((told) => [...told()]).sort((a, b) => b.rank - a.rank);
    const shown = new Map();
    for (const label of wanted) {
      const found = this.place(label, size, taken);
      if (!found) continue;
      taken.push(found.box);
      const { at, text = "", note = "", look = "" } = label;
      if (text || note) shown.set(`${text}|${note}|${at}`, { at, text, note, look, lift: found.lift });
    }
    this.exchange(shown);
  }

  // Where it fits: on its place, else above or below what lies there.
  place({ at, text = "", note = "", look = "", room = Infinity, size: own = 0, lifts = [0] }, size, taken) {
    const { x, y } = this.map.latLngToContainerPoint([at[1], at[0]]);
    const font = look.includes("strong") ? 13 : 12;
    const wide = own || Math.max(widthOf(text, font), widthOf(note, 12)) + 2 * MARGIN;
    const high = own || (text && note ? 34 : 18) + MARGIN;
    if (wide > room) return null;
    for (const lift of lifts) {
      const box = [x - wide / 2, y - high / 2 + lift, x + wide / 2, y + high / 2 + lift];
      const inside = box[0] > 2 && box[1] > 2 && box[2] < size.x - 2 && box[3] < size.y - 2;
      if (inside && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return { box, lift };
    }
    return null;
  }

  exchange(shown) {
    for (const [key, node] of this.kept) {
      if (shown.has(key)) continue;
      node.remove();
      this.kept.delete(key);
    }
    for (const [key, { at, text, note, look, lift }] of shown) {
      let node = this.kept.get(key);
      if (!node) {
        node = document.createElement("div");
        if (text) node.append(Object.assign(document.createElement("b"), { textContent: text }));
        if (note) node.append(Object.assign(document.createElement("span"), { textContent: note }));
        this.pane.append(node);
        this.kept.set(key, node);
      }
      node.className = `map-name ${look}`;
      L.DomUtil.setPosition(node, this.map.latLngToLayerPoint([at[1], at[0]]).add([0, lift]).round());
    }
  }
}
