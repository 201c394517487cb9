// The map of the wall: layers that are switched by hand or key, followed by the news, never more than one request each.
import { CityMap, layers } from "../../core/map/index.js";
import { word } from "../../core/words.js";
import { fill } from "./rows.js";

export const NAMES = ["load", "orders", "people", "heat", "cameras", "whistles"];
const FOLLOWING = ["load", "orders", "people", "whistles"];
const APART_MS = 10_000; // between two questions of one layer
const SIGNS = [["registered", "sign_waiting"], ["handling", "sign_working"], ["submitted", "sign_checking"]];

export class WallMap {
  city = null;
  drawn = false;

  constructor(box, place, spot, told) {
    Object.assign(this, { box, place, spot, told });
    this.buttons = new Map([...document.querySelectorAll("[data-layer]")].map((button) => [button.dataset.layer, button]));
    for (const [name, button] of this.buttons) button.addEventListener("click", () => this.toggle(name));
  }

  isOn(name) {
    return this.buttons.get(name).getAttribute("aria-pressed") === "true";
  }

  async open() {
    this.city = await CityMap.open(this.box, { keyboard: false, basemap: true });
    if (!this.city.ground) return;
    if (this.place.level === "street") this.city.setFocus(this.place.code);
    this.home();
    for (const name of NAMES) if (this.isOn(name)) this.add(name);
    this.signs();
  }

  // From nothing, as after a night: what the map kept is given back.
  async renew() {
    this.city?.close();
    this.drawn = false;
    await this.open();
  }

  home() {
    this.city?.frame(this.place.level === "street" ? this.place.code : "", { padding: [16, 16] });
  }

  layer(name) {
    const tip = ({ name: called }, row) => (row ? word("grid_tip", { name: called, open: row.open, percent: row.percent }) : called);
    const seen = () => {
      if (this.drawn) return;
      this.drawn = true;
      this.told();
    };
    switch (name) {
      case "load":
        return new layers.LoadLayer({ level: "grid", tip, told: seen });
      case "orders":
        return layers.ordersLayer({ chosen: (number) => number && (window.location.href = `/orders/${number}/`) });
      case "people":
        return layers.peopleLayer({});
      case "heat":
        return new layers.HeatLayer({ days: 7 });
      case "whistles":
        return layers.whistlesLayer({ chosen: (pk) => pk && (window.location.href = `/whistles/${pk}/`) });
      default:
        return layers.camerasLayer({});
    }
  }

  add(name) {
    this.city.add(name, this.layer(name));
  }

  toggle(name) {
    const on = !this.isOn(name);
    this.buttons.get(name).setAttribute("aria-pressed", String(on));
    if (!this.city?.ground) return;
    if (on) this.add(name);
    else this.city.drop(name);
  }

  // Something happened: load, orders and people ask again, at their own pace.
  follow() {
    if (this.waiting) return;
    this.waiting = setTimeout(() => {
      this.waiting = 0;
      if (!document.hidden) this.reload();
    }, Math.max(0, (this.reloadedAt ?? 0) + APART_MS - Date.now()));
  }

  // What moves slowly waits for the night or a reset.
  reload(all = false) {
    this.reloadedAt = Date.now();
    if (!this.city?.ground) {
      if (all) this.renew();
      return;
    }
    for (const name of all ? NAMES : FOLLOWING) this.city.layers.get(name)?.reload();
  }

  // Look at one grid: its edge, and a card that says why.
  choose(row) {
    this.city?.layers.get("load")?.choose(row?.code ?? "");
    this.spot.hidden = !row;
    this.spot.dataset.step = row ? String(layers.stepOf(row.percent)) : "";
    if (row) fill(this.spot, { name: row.name, percent: word("spot_load", { n: row.percent }), open: word("spot_open", { n: row.open, late: row.late }), wait: word("spot_wait", { wait: row.wait }) });
  }

  signs() {
    const box = document.querySelector("[data-signs]");
    box.replaceChildren(...SIGNS.map(([status, text]) => {
      const item = document.createElement("span");
      item.append(layers.drawn(layers.orderLook({ status, time: "calm" })), word(text));
      return item;
    }));
  }
}
