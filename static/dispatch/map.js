// The map of the district: layers, drill-down, search, a card for what is chosen, a list of what is shown, live.
import { fragment } from "../core/api.js";
import { CityMap, layers } from "../core/map/index.js";
import { toast } from "../core/toast.js";
import { bindFind } from "./map-find.js";
import { drawLegend } from "./map-legend.js";
import { drawList } from "./map-list.js";
import { printMap } from "./map-print.js";
import { make, say } from "./map-words.js";

const REST = 2500; // milliseconds: many orders a second are one look
const AGAIN = 60_000; // ages of positions, and dues that pass
const LEVELS = ["street", "community", "grid"];

class CityPage {
  constructor(root) {
    this.root = root;
    this.query = new URLSearchParams(location.search);
    this.code = this.query.get("grid") ?? this.query.get("at") ?? root.dataset.home;
    this.told = new Map();
    this.find = (name) => root.querySelector(`[data-${name}]`);
  }

  async start() {
    const wanted = this.query.get("layers")?.split(",");
    for (const box of this.boxes()) if (wanted) box.checked = wanted.includes(box.name);
    if (innerWidth < 900) this.find("layers").open = false;
    this.city = await CityMap.open(this.find("canvas"), { basemap: true });
    if (!this.city.ground) return;
    await Promise.all(LEVELS.map((level) => this.city.ground.part(level, 0))).catch(() => {});
    this.bind();
    for (const box of this.boxes()) {
      if (box.checked) this.show(box);
      else this.options(box, true);
    }
    this.go(this.code, { frame: true });
    this.bases();
    bindFind(this.root, this.root.dataset.findFrom, (row) => this.found(row));
    this.live();
  }

  boxes() {
    return [...this.root.querySelectorAll("[data-layers] input[type=checkbox]")];
  }

  shown() {
    return this.boxes().filter((box) => box.checked).map((box) => box.name);
  }

  titles() {
    return this.boxes().filter((box) => box.checked).map((box) => box.parentElement.querySelector("span").textContent);
  }

  path() {
    return this.city.ground.path(this.code).map(({ id, properties }) => ({ code: id, name: properties.short_name || properties.name }));
  }

  // A layer by its name, told of what came.
  layer({ name, dataset: { source } }) {
    const told = (answer) => this.tell(name, answer);
    const camera = (code) => window.location.assign(`${this.root.dataset.cameras}${encodeURIComponent(code)}/`);
    const makers = {
      load: () => new layers.LoadLayer({ source, told, level: this.level ?? "grid", tip: (division, row) => this.tip(division, row) }),
      heat: () => new layers.HeatLayer({ source, told, days: this.days ?? 7 }),
      orders: () => layers.ordersLayer({ url: source, told, chosen: (number, properties) => this.order(number, properties) }),
      people: () => layers.peopleLayer({ url: source, told, read: (answer) => this.people(answer) }),
      elements: () => layers.elementsLayer({ url: source, told }),
      whistles: () => layers.whistlesLayer({ url: source, told, chosen: (pk) => pk && window.location.assign(`/whistles/${pk}/`) }),
      cameras: () => layers.camerasLayer({ url: source, told, chosen: (code) => code && camera(code) }),
    };
    return makers[name]();
  }

  people(answer) {
    this.crew = answer.results.map((each) => ({ ...each, code: each.user_id, age: layers.sayAge(each.age_s) }));
    return { ...layers.fromRows(this.crew, "user_id"), on_duty: answer.on_duty, placed: answer.placed, total: answer.on_duty };
  }

  tip({ name, short_name: brief }, row) {
    if (!row) return brief || name;
    return say(row.late ? "load-late" : "load", { ...row, name: brief || name });
  }

  show(box) {
    this.city.add(box.name, this.layer(box));
    this.options(box, false);
    this.legend();
  }

  options({ name }, hidden) {
    for (const node of this.root.querySelectorAll(`[data-option="${name}"]`)) node.hidden = hidden;
  }

  hide(box) {
    this.city.drop(box.name);
    this.told.delete(box.name);
    this.options(box, true);
    this.root.querySelector(`[data-count="${box.name}"]`).textContent = "";
    this.legend();
    this.list();
  }

  tell(name, answer) {
    const failed = answer.failed || answer.kind === "failed";
    if (failed) {
      if (!this.broken?.has(name)) toast(say("failed"), { tone: "critical" });
      (this.broken ??= new Set()).add(name);
      return;
    }
    this.broken?.delete(name);
    this.told.set(name, answer);
    const number = answer.total ?? answer.open;
    this.root.querySelector(`[data-count="${name}"]`).textContent = number === undefined ? "" : Number(number).toLocaleString("zh-CN");
    if (name !== "elements") this.legend();
    this.list();
  }

  legend() {
    drawLegend(this.find("legend"), this.shown(), this.told);
  }

  list() {
    drawList(this);
  }

  // Drill down or back: a division is framed, the rest dims, its card opens.
  go(code, { frame = false, card = Boolean(code) } = {}) {
    const known = code && this.city.ground.get(code) ? code : "";
    this.code = known;
    this.city.setFocus(known);
    this.city.layers.get("load")?.choose(known.length === 15 ? known : "");
    if (frame) this.city.frame(known, { padding: innerWidth > 900 ? [56, 26] : [16, 16], animate: false });
    this.crumbs();
    this.address();
    this.list();
    return card && known ? this.card(known) : this.closeCard();
  }

  crumbs() {
    const path = this.path();
    const nodes = path.map(({ code, name }, index) => {
      const last = index === path.length - 1;
      const button = make("button", { type: "button", textContent: index ? name : say("all"), dataset: { code: index ? code : "" } });
      if (last) button.setAttribute("aria-current", "location");
      return make("li", {}, button);
    });
    this.find("path").replaceChildren(...(nodes.length ? nodes : [make("li", {}, make("button", { type: "button", textContent: say("all"), dataset: { code: "" } }))]));
  }

  address() {
    const address = new URL(location.href);
    const put = (name, value) => (value ? address.searchParams.set(name, value) : address.searchParams.delete(name));
    put("grid", this.code);
    address.searchParams.delete("at");
    put("layers", this.shown().join(",") === this.boxes().filter((box) => box.hasAttribute("data-on")).map((box) => box.name).join(",") ? "" : this.shown().join(",") || "-");
    if (address.href !== location.href) history.pushState({ code: this.code }, "", address);
  }

  async card(code) {
    const box = this.find("card-box");
    try {
      const html = await fragment(`${this.root.dataset.card}${encodeURIComponent(code)}/`);
      if (this.code !== code) return;
      box.innerHTML = html;
      box.hidden = false;
    } catch {
      if (code.length > 6) toast(say("card-failed"), { tone: "critical" });
    }
  }

  closeCard() {
    this.find("card-box").hidden = true;
    this.find("card-box").replaceChildren();
  }

  // One order opens its page; several at one spot are listed.
  order(number, properties) {
    if (number) return window.location.assign(`${this.root.dataset.order}${encodeURIComponent(number)}/`);
    drawList(this, properties);
  }

  found(row) {
    if (row.lon === null) return this.go(row.code, { frame: true });
    this.city.go(row.lon, row.lat, 16);
    this.pin?.remove();
    this.pin = this.city.pin(row.lon, row.lat);
  }

  // A click goes one level down from where one is, or across at the same level.
  down(lon, lat) {
    for (const level of ["grid", "community", "street"]) {
      const feature = this.city.ground.at(lon, lat, level);
      if (!feature) continue;
      const depth = LEVELS.indexOf(this.code.length === 15 ? "grid" : this.code.length === 12 ? "grid" : this.code.length === 9 ? "community" : "street");
      const zoomed = this.city.view().zoom >= 14 ? "grid" : LEVELS[Math.max(0, depth)];
      const target = this.city.ground.at(lon, lat, zoomed) ?? feature;
      return this.go(target.id, { frame: this.city.view().zoom < 14 || zoomed !== "grid" });
    }
    this.go("", { frame: true });
  }

  async bases() {
    const found = await this.city.basemaps.list();
    const box = this.find("base-box");
    box.hidden = !found.length;
    const select = this.find("base");
    select.append(...found.map((base) => make("option", { value: base.code, textContent: base.name, selected: base.code === this.city.basemaps.chosen })));
    select.addEventListener("change", () => this.city.basemaps.show(found.find((base) => base.code === select.value) ?? null));
  }

  bind() {
    const { root, city } = this;
    city.onClick((lon, lat) => this.down(lon, lat));
    city.onMove(() => this.list());
    root.addEventListener("change", (event) => {
      const box = event.target;
      if (!box.matches("[data-layers] input[type=checkbox]")) return;
      box.checked ? this.show(box) : this.hide(box);
      this.address();
    });
    root.addEventListener("click", (event) => this.press(event));
    city.box.addEventListener("keydown", (event) => {
      if (event.target !== city.box) return;
      const { lng, lat } = city.map.getCenter();
      if (event.key === "Enter") this.down(lng, lat);
      if (event.key === "Backspace" || event.key === "Escape") this.up();
    });
    window.addEventListener("popstate", () => {
      const query = new URLSearchParams(location.search);
      this.go(query.get("grid") ?? "", { frame: true });
    });
  }

  up() {
    const above = { 15: 12, 12: 9, 9: 0 }[this.code.length] ?? 0;
    this.go(this.code.slice(0, above), { frame: true });
  }

  press({ target }) {
    const hit = (selector) => target.closest(selector);
    const level = hit("[data-level]");
    const days = hit("[data-days]");
    if (level) this.pressOne(level, "level", (value) => this.city.layers.get("load")?.setLevel(value));
    else if (days) this.pressOne(days, "days", (value) => this.city.layers.get("heat")?.setDays(Number(value)));
    else if (hit("[data-path] button")) this.go(hit("[data-path] button").dataset.code, { frame: true });
    else if (hit("[data-list] [data-code]")) this.go(hit("[data-list] [data-code]").dataset.code, { frame: true });
    else if (hit("[data-list] [data-lon]")) this.city.go(Number(hit("[data-list] [data-lon]").dataset.lon), Number(hit("[data-list] [data-lon]").dataset.lat), 16);
    else if (hit("[data-card-close]")) this.up();
    else if (hit("[data-home-button]")) this.go(this.root.dataset.home, { frame: true });
    else if (hit("[data-paper]")) printMap(this, hit("[data-paper]").dataset.paper);
  }

  pressOne(button, name, take) {
    for (const each of button.parentElement.children) each.setAttribute("aria-pressed", String(each === button));
    this[name] = button.dataset[name];
    take(button.dataset[name]);
  }

  live() {
    let waiting = 0;
    const again = () => {
      waiting = 0;
      for (const name of ["orders", "load", "whistles"]) this.city.layers.get(name)?.reload();
      if (this.code && !this.find("card-box").hidden) this.card(this.code);
    };
    document.addEventListener("lianqin:order", () => (waiting ||= setTimeout(again, REST)));
    document.addEventListener("lianqin:reset", again);
    setInterval(() => {
      if (document.hidden) return;
      again();
      this.city.layers.get("people")?.reload();
    }, AGAIN);
    document.addEventListener("lianqin:stream-state", ({ detail }) => {
      const old = this.find("old");
      old.hidden = detail.state === "live";
      if (!old.hidden) old.textContent = say("old", { time: new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }) });
      else if (this.lost) again();
      this.lost = detail.state !== "live";
    });
  }
}

const root = document.querySelector("[data-city]");
if (root) new CityPage(root).start();
