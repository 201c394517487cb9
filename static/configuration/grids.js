// The page of grids: the map beside the list. A grid is chosen in either, and its panel opens.
import { fragment } from "../core/api.js";
import { toast } from "../core/toast.js";
import { Areas } from "../core/map/areas.js";
import { CityMap, failed } from "../core/map/index.js";
import { getJson } from "../core/map/leaflet.js";
import { Marks } from "../core/map/marks.js";
import { styleOf, swatch } from "./looks.js";

const root = document.querySelector("[data-ground]");
const words = new Map([...(document.querySelector("[data-ground-words]")?.content.querySelectorAll("[data-key]") ?? [])].map((node) => [node.dataset.key, node.textContent]));
const KEPT = "lianqin:ground-paint";
const CLASSES = { kind: ["comprehensive", "dedicated"], zone: ["core", "outer", ""], norm: ["within", "over", "under", "unknown", "exempt"] };

class GroundPage {
  constructor(box) {
    this.box = box;
    this.canvas = box.querySelector("[data-canvas]");
    this.panel = box.querySelector("[data-panel-box]");
    this.rows = new Map();
    this.paint = sessionStorage.getItem(KEPT) ?? "kind";
    this.chosen = new URLSearchParams(location.search).get("grid") ?? "";
  }

  async start() {
    this.bind();
    this.city = await CityMap.open(this.canvas, { levels: ["district", "street"] });
    this.city.ground?.quiet.add("street");
    this.marks = new Marks(this.city.map, this.city.labels);
    try {
      const [ground, rows] = await Promise.all([getJson(`${this.box.dataset.boundaries}?level=grid`), getJson(this.box.dataset.rows)]);
      this.rows = new Map(rows.map((row) => [row.code, row]));
      this.draw(ground.features.filter((feature) => feature.geometry));
    } catch {
      failed(this.canvas);
    }
  }

  draw(features) {
    this.areas = new Areas(this.city, { type: "FeatureCollection", features }, { style: ({ code }) => this.style(code), tip: ({ name }) => name, chosen: (code) => this.choose(code) });
    this.city.frame(this.areas.bounds([...this.rows.keys()]) ?? "", { padding: [18, 18] });
    if (this.chosen) this.highlight(this.chosen, true);
    this.repaint();
  }

  classOf(code) {
    const row = this.rows.get(code);
    return row ? `${this.paint}-${row[this.paint]}` : null;
  }

  style(code) {
    const look = this.classOf(code);
    return styleOf(look ?? "zone-", { dim: look === null, chosen: code === this.chosen });
  }

  repaint() {
    for (const button of this.box.querySelectorAll("[data-paint]")) button.setAttribute("aria-pressed", String(button.dataset.paint === this.paint));
    this.areas?.repaint(this.chosen);
    this.marks?.show(() => [...(this.areas?.byCode ?? [])].flatMap(([code, layer]) => {
      const text = words.get(`mark-${this.rows.get(code)?.[this.paint]}`);
      return text ? [[layer, text, code === this.chosen]] : [];
    }));
    this.legend();
  }

  legend() {
    const counts = new Map();
    for (const row of this.rows.values()) counts.set(row[this.paint], (counts.get(row[this.paint]) ?? 0) + 1);
    const lines = CLASSES[this.paint].filter((name) => counts.has(name)).map((name) => {
      const line = document.createElement("li");
      const mark = words.get(`mark-${name}`);
      line.append(swatch(`${this.paint}-${name}`), `${mark ? `${mark} ` : ""}${words.get(`${this.paint}-${name}`)}`, Object.assign(document.createElement("b"), { textContent: counts.get(name) }));
      return line;
    });
    this.box.querySelector("[data-legend]").replaceChildren(...lines);
  }

  highlight(code, move) {
    if (move && this.areas && !this.areas.holds(code)) this.city.frame(this.areas.bounds([code]), { padding: [90, 90], maxZoom: 15 });
  }

  async choose(code, fromList = false) {
    this.chosen = code;
    for (const row of this.box.querySelectorAll("tr[data-code]")) {
      row.toggleAttribute("data-selected", row.dataset.code === code);
      if (!fromList && row.dataset.code === code) row.scrollIntoView({ block: "nearest" });
    }
    this.highlight(code, fromList);
    this.repaint();
    const address = new URL(location.href);
    if (code) address.searchParams.set("grid", code);
    else address.searchParams.delete("grid");
    history.replaceState(null, "", address);
    if (!code) return this.panel.replaceChildren(), void (this.panel.hidden = true);
    try {
      const html = await fragment(`${this.box.dataset.panel}${encodeURIComponent(code)}/`);
      if (this.chosen !== code) return;
      this.panel.innerHTML = html;
      this.panel.hidden = false;
      if (matchMedia("(max-width: 760px)").matches) this.panel.scrollIntoView({ block: "start" });
    } catch {
      toast(words.get("failed"), { tone: "critical" });
    }
  }

  bind() {
    this.box.addEventListener("click", (event) => {
      const paint = event.target.closest("[data-paint]");
      if (paint) {
        this.paint = paint.dataset.paint;
        sessionStorage.setItem(KEPT, this.paint);
        return this.repaint();
      }
      if (event.target.closest("[data-panel-close]")) return this.choose("");
      const link = event.target.closest("a[data-grid]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.choose(link.dataset.grid, true);
    });
    const tree = this.box.querySelector("[data-tree]");
    if (tree && matchMedia("(max-width: 760px)").matches) tree.open = false;
  }
}

if (root) new GroundPage(root).start();
