// The wall: what the page brought is shown at once, what changes is filled into the same nodes, for days.
import "../../core/dialog.js";
import { figure } from "../../core/durations.js";
import { layers } from "../../core/map/index.js";
import { word } from "../../core/words.js";
import { Trend } from "./chart.js";
import { dateOf, dayOf, everySecond, hourOf, now, startClock, timeOf } from "./clock.js";
import { Feeding } from "./feeding.js";
import { showCounts, showMeasures, showSplits } from "./figures.js";
import { bindKeys } from "./keys.js";
import { WallMap } from "./map.js";
import { Rotation } from "./rotation.js";
import { put, showRows } from "./rows.js";

const FRESH_MS = 2400;
const RECENT_MS = 300_000;
const NIGHT = 4; // o'clock, when everything is asked for and drawn anew
const root = document.querySelector("[data-wall]");
const first = JSON.parse(document.getElementById("wall-data").textContent);
let shown = null;

const rotation = new Rotation((row) => map.choose(row));
const trend = new Trend(document.querySelector("[data-chart]"), [...document.querySelectorAll("[data-span]")]);
const map = new WallMap(document.querySelector("[data-wall-map]"), first.place, document.querySelector("[data-spot]"), () => mark("wall:map"));

function mark(name) {
  requestAnimationFrame(() => requestAnimationFrame(() => performance.getEntriesByName(name).length || performance.mark(name)));
}

// -- lists

function hot(node, row) {
  const bar = node.querySelector("[data-load] rect");
  bar.setAttribute("width", String(Math.min(100, row.percent)));
  node.dataset.step = String(layers.stepOf(row.percent));
  node.querySelector(".wall-late").classList.toggle("tone-critical", row.late > 0);
}

const late = (node, row) => node.querySelector(".wall-late").classList.toggle("tone-critical", row.late > 0);

function clocked(node, row) {
  node.dataset.start = row.start;
  node.dataset.due = row.due;
  count(node, now());
}

function count(node, moment) {
  const [start, due] = [Date.parse(node.dataset.start), Date.parse(node.dataset.due)];
  const left = Math.round((due - moment) / 1000);
  const used = due > start ? Math.min(1, Math.max(0, (moment - start) / (due - start))) : 1;
  node.dataset.tone = left < 0 ? "critical" : used >= 0.8 || left < 3600 ? "warn" : "ok";
  put(node.querySelector("[data-left]"), figure(left));
  put(node.querySelector("[data-left-words]"), `${word(left < 0 ? "overdue" : "left")} · ${timeOf(due, false)}`);
  node.querySelector("[data-hand]").setAttribute("stroke-dasharray", `${(used * 113.1).toFixed(1)} 113.1`);
}

function entry(node, row, isNew) {
  put(node.querySelector("[data-time]"), timeOf(Date.parse(row.at), false));
  const changed = node.dataset.event !== String(row.event);
  node.dataset.event = row.event;
  if (!shown || !(isNew || changed)) return;
  node.classList.remove("wall-fresh");
  requestAnimationFrame(() => node.classList.add("wall-fresh"));
  setTimeout(() => node.classList.remove("wall-fresh"), FRESH_MS);
}

// -- everything

function show(snapshot) {
  showMeasures(snapshot.measures);
  showSplits(snapshot.splits);
  showCounts({ open: snapshot.standing, late: snapshot.late, soon: snapshot.soon, duty: snapshot.duty.number });
  showRows("hot", snapshot.hot, { key: "code", most: 10, filled: hot });
  showRows("places", snapshot.places, { key: "code", most: 24, filled: late });
  showRows("pressing", snapshot.pressing, { key: "number", most: 8, filled: clocked });
  showRows("feed", snapshot.feed, { key: "number", most: 16, filled: entry });
  showRows("duty", snapshot.duty.people, { most: 60 });
  for (const node of document.querySelectorAll("[data-duty]")) put(node, snapshot.duty[node.dataset.duty]);
  const recent = snapshot.feed.filter(({ at }) => Date.parse(snapshot.at) - Date.parse(at) < RECENT_MS).length;
  put(document.querySelector("[data-feed-note]"), word("recent", { n: recent >= 16 ? "16+" : recent }));
  trend.show(snapshot.trends);
  rotation.show(snapshot.hot);
  if (shown) map.follow();
  shown = snapshot;
}

const state = document.querySelector("[data-state-of-data]");
const old = document.querySelector("[data-old]");
function say(kind, text) {
  root.dataset.state = kind;
  state.dataset.state = kind;
  put(state.querySelector("[data-state-words]"), kind === "old" ? word("old_short") : text);
  old.hidden = kind !== "old";
  if (kind === "old") put(old.querySelector("[data-old-words]"), text);
}

const clock = document.querySelector("[data-clock]");
const date = document.querySelector("[data-date]");
let renewed = dayOf(Date.parse(first.at));
const feeding = new Feeding(root, { shown: show, told: say });

everySecond((moment) => {
  put(clock, timeOf(moment));
  put(date, dateOf(moment));
  for (const node of document.querySelector('[data-list="pressing"]').children) count(node, moment);
  // The night renews what was drawn for days: never a reload, so that no wall goes dark over a server that is away.
  if (hourOf(moment) === NIGHT && dayOf(moment) !== renewed) {
    renewed = dayOf(moment);
    feeding.renew();
    trend.renew();
    map.renew().then(() => rotation.mark());
  }
});
document.addEventListener("lianqin:reset", () => map.reload(true));
document.querySelector("[data-choose] select")?.addEventListener("change", (event) => event.target.form.requestSubmit());

feeding.start(first);
startClock();
bindKeys({ map, trend, rotation });
mark("wall:painted");
map.open().then(() => rotation.mark());
