// The page of elements: layers switch types on and off, the map shows what stands in view, a click opens its panel.
import { fragment } from "../core/api.js";
import { toast } from "../core/toast.js";
import "../core/picker.js";
import "../core/confirm.js";
import { CityMap, layers } from "../core/map/index.js";

const words = new Map([...(document.querySelector("[data-elements-words]")?.content.querySelectorAll("[data-key]") ?? [])].map((node) => [node.dataset.key, node.textContent]));
const say = (key, values = {}) => (words.get(key) ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const form = document.querySelector(".elements-filter");
const boxes = [...document.querySelectorAll("input[data-type]")];

function chosenTypes() {
  const on = boxes.filter((box) => box.checked).map((box) => box.dataset.type);
  return on.length === boxes.length ? null : on;
}

class Page {
  constructor(box) {
    this.box = box;
    this.canvas = box.querySelector("[data-canvas]");
    this.panel = box.querySelector("[data-panel-box]");
    this.colours = new Map(boxes.map((each) => [each.dataset.type, each.dataset.colour]));
  }

  async start() {
    this.city = await CityMap.open(this.canvas, { basemap: true });
    this.city.frame(form.elements.place.value);
    this.layer = this.city.add("elements", layers.elementsLayer({
      url: this.box.dataset.source,
      colours: this.colours,
      query: this.query(),
      told: (answer) => this.tell(answer),
      chosen: (code) => this.open(code),
    }));
    this.cameras();
    this.bind();
  }

  query() {
    const query = new URLSearchParams();
    // A street frames the map; what lies beside it is shown as well, and the counts by square can answer.
    for (const [name, value] of new FormData(form)) if (value && !["types", "view", "place"].includes(name)) query.set(name, value);
    const types = chosenTypes();
    if (types) query.set("types", types.length ? types.join(",") : "-");
    return query;
  }

  tell({ kind, total }) {
    this.box.querySelector("[data-count]").textContent = say(total || kind === "failed" ? kind : "none", { total: total.toLocaleString("zh-CN") });
  }

  async open(code) {
    try {
      this.panel.innerHTML = await fragment(`${this.box.dataset.panel}${encodeURIComponent(code)}/`);
      this.panel.hidden = false;
      this.panel.querySelector("[data-panel-close]").focus({ preventScroll: true });
    } catch (problem) {
      toast(problem.message || say("failed"), { tone: "critical" });
    }
  }

  cameras() {
    const box = document.querySelector("[data-camera-layer]");
    if (!box || !this.box.dataset.cameras) return;
    const open = (code) => code && window.location.assign(`${this.box.dataset.cameraPage}${encodeURIComponent(code)}/`);
    const show = () => (box.checked ? this.city.add("cameras", layers.camerasLayer({ url: this.box.dataset.cameras, tip: ({ name }) => name, chosen: open })) : this.city.drop("cameras"));
    box.addEventListener("change", show);
    if (box.checked) show();
  }

  bind() {
    for (const each of boxes) each.addEventListener("change", () => {
      const types = chosenTypes();
      form.querySelector("[data-types]").value = types ? types.join(",") : "";
      this.layer.narrow(this.query());
    });
    this.panel.addEventListener("click", (event) => {
      if (event.target.closest("[data-panel-close]")) this.panel.hidden = true;
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && (this.panel.hidden = true));
  }
}

const box = document.querySelector("[data-elements]");
if (box) new Page(box).start();
else {
  // The table is made by the server: a layer that is switched asks for it anew.
  for (const each of boxes) each.addEventListener("change", () => {
    form.querySelector("[data-types]").value = (chosenTypes() ?? []).join(",");
    form.requestSubmit();
  });
}
