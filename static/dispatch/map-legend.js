// What the marks and shades of the open layers mean, in words beside each.
import { layers } from "../core/map/index.js";
import { make, say } from "./map-words.js";

const line = (look, text) => make("li", {}, layers.drawn(look), make("span", { textContent: text }));
const list = (title, ...lines) => make("section", {}, make("h3", { textContent: title }), make("ul", {}, ...lines));

function ramp(title, note, marks) {
  const bar = make("div", { className: "city-ramp" }, ...[1, 2, 3, 4, 5].map((step) => make("i", { className: `load-${step}` })));
  const scale = make("div", { className: "city-scale" }, ...marks.map((text) => make("span", { textContent: text })));
  return make("section", {}, make("h3", { textContent: title }), bar, scale, note ? make("p", { textContent: note }) : null);
}

const MEANINGS = {
  load: () => ramp(say("legend-load"), say("legend-load-note"), [say("low"), "40%", "60%", "80%", "100%", say("over")]),
  heat: ({ days = 7, total = 0 }) => ramp(say("legend-heat", { n: days, total: Number(total).toLocaleString("zh-CN") }), "", [say("few"), say("many")]),
  orders: () => list(
    say("legend-orders"),
    line(layers.orderLook({ status: "registered" }), say("wait-centre")),
    line(layers.orderLook({ status: "handling" }), say("wait-unit")),
    line(layers.orderLook({ status: "submitted" }), say("wait-check")),
    line(layers.orderLook({ status: "shelved" }), say("shelved")),
    line(layers.orderLook({ status: "handling", time: "late" }), say("late")),
    line(layers.orderLook({ status: "handling", time: "soon" }), say("soon")),
    line({ ...layers.orderLook({ status: "handling", urgent: true }), radius: 6 }, say("urgent")),
    line({ ...layers.clusterSign(3), radius: 9 }, say("cluster")),
  ),
  people: ({ on_duty: n = 0, placed = 0 }) => list(say("legend-people", { n, placed }), line(layers.personLook({ load: 0 }), say("free")), line(layers.personLook({ load: 1 }), say("busy")), line(layers.personLook({ stale: true }), say("stale"))),
  elements: () => list(say("legend-elements"), line(layers.elementLook({ key: false }), say("element")), line(layers.elementLook({ key: true }), say("key-element"))),
  whistles: () => list(say("legend-places"), line({ ...layers.whistleLook({ late: false }), ring: "" }, say("awaited")), line({ ...layers.whistleLook({ late: true }), ring: "" }, say("overdue"))),
  cameras: () => list(say("legend-cameras"), ...["online", "offline", "unknown"].map((state) => line(layers.cameraLook({ state }), say(state)))),
};

export function drawLegend(box, names, told) {
  box.replaceChildren(...names.filter((name) => MEANINGS[name]).map((name) => MEANINGS[name](told.get(name) ?? {})));
  box.hidden = !box.childElementCount;
}
