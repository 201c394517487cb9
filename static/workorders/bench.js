// The workbench without reloads: rows open in place, and news from the stream redraws what changed.
import { fragment } from "../core/api.js";
import { tickAll } from "../core/countdown.js";
import { restoreDrafts } from "../core/drafts.js";
import { showMaps } from "../core/map/index.js";
import { paced } from "../core/pace.js";
import { toast } from "../core/toast.js";
import { bindPlaces } from "../core/place.js";
import { word } from "../core/words.js";
import "../core/lightbox.js";
import { showChecks } from "./batch.js";
import { tellNews } from "./conflict.js";

const bench = document.querySelector("[data-bench]");
const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`);
const versions = () => new Map([...document.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row.dataset.version]));
const openNumber = () => document.querySelector("[data-part=order] [data-order]")?.dataset.order ?? "";
let shown = "all";
// Looks are numbered: the last one that led elsewhere, and the last one that was drawn.
let ticket = 0;
let led = 0;
let drawn = 0;

// From the wish to the answer what stands here is of the order before: nothing may act on it.
function hold(on) {
  bench.setAttribute("aria-busy", String(on));
  for (const name of ["order", "side"]) part(name).inert = on;
}
const isHeld = () => bench.getAttribute("aria-busy") === "true";

function keepScroll() {
  const tops = [...document.querySelectorAll("[data-scroll]")].map((node) => [node.dataset.scroll, node.scrollTop]);
  return () => tops.forEach(([name, top]) => {
    const node = document.querySelector(`[data-scroll="${name}"]`);
    if (node) node.scrollTop = top;
  });
}

function swap(name, incoming) {
  const here = part(name);
  const there = part(name, incoming);
  if (here && there) here.replaceChildren(...there.childNodes);
}

// The line of the open order, when it lies outside of what the list shows.
function showSelected() {
  document.querySelector("[data-rows] [data-selected]")?.scrollIntoView({ block: "nearest" });
}

function tint(before) {
  for (const row of document.querySelectorAll("[data-row]")) {
    if (before.get(row.dataset.row) !== row.dataset.version) row.classList.add("fresh");
  }
}

function swapDialogs(incoming) {
  const dialog = document.querySelector("[data-part=dialogs] dialog[open]");
  if (!dialog) {
    swap("dialogs", incoming);
    restoreDrafts(part("dialogs"));
    bindPlaces(part("dialogs"));
    return;
  }
  // Somebody is typing: leave the form alone, and tell what happened under it.
  tellNews(dialog, incoming);
}

function showTimeline() {
  const timeline = document.querySelector(".timeline");
  if (timeline) timeline.dataset.show = shown;
  document.querySelectorAll("[data-timeline-pick] button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.show === shown)));
}

// Somebody who does not see the page hears where the open order now stands.
function announce(was) {
  const order = document.querySelector("[data-part=order] [data-order]");
  if (!order || standing() === was) return;
  const told = [document.querySelector("#order-title"), document.querySelector(".order-meta [data-status-tag]")];
  document.querySelector("[data-announce]").textContent = told.map((node) => node?.textContent.trim()).filter(Boolean).join(" · ");
}

function standing() {
  const order = document.querySelector("[data-part=order] [data-order]");
  return order ? `${order.dataset.order} ${order.dataset.status}` : "";
}

// Whoever stands in the menu of filters is about to press a digit.
const filters = () => [...document.querySelectorAll("[data-part=queue] [data-filter-menu] :is(a, button)")];

function redraw(incoming, samePlace) {
  const back = keepScroll();
  const stood = standing();
  const before = versions();
  const focused = document.activeElement?.closest?.("[data-row]")?.dataset.row;
  const typing = document.activeElement?.closest?.("[data-part=queue] input[name=q]");
  const filter = filters().indexOf(document.activeElement);
  // First, while the news still stand in what came in: a swap moves them over.
  swapDialogs(incoming);
  swap("counts", incoming);
  if (!typing) swap("queue", incoming);
  if (!document.querySelector(".actions details[open]")) swap("order", incoming);
  swap("side", incoming);
  if (!samePlace) swap("place", incoming);
  document.dispatchEvent(new CustomEvent("lianqin:redrawn"));
  if (!samePlace) showSelected();
  showChecks();
  bench.classList.toggle("bench-open", Boolean(openNumber()));
  back();
  if (samePlace) tint(before);
  if (focused) document.querySelector(`[data-row="${focused}"] a`)?.focus({ preventScroll: true });
  if (filter >= 0) filters()[filter]?.focus({ preventScroll: true });
  showTimeline();
  showMaps(bench);
  tickAll();
  announce(stood);
}

// The open order has gone where one may not follow, to another street for instance.
function leave() {
  const home = document.querySelector("[data-part=order] .back").href;
  toast(word("left"));
  history.replaceState(null, "", home);
  return load(home, { quiet: true });
}

async function load(address, { quiet = false, part } = {}) {
  const mine = ++ticket;
  const was = openNumber();
  if (!quiet) {
    led = mine;
    hold(true);
  }
  try {
    const incoming = new DOMParser().parseFromString(await fragment(address, part), "text/html");
    if (mine < led || mine < drawn) return;
    drawn = mine;
    const same = (incoming.querySelector("[data-part=order] [data-order]")?.dataset.order ?? "") === was;
    hold(false);
    redraw(incoming, same);
    document.title = incoming.title || document.title;
    if (!same) document.querySelectorAll('[data-scroll="order"], [data-scroll="side"]').forEach((node) => (node.scrollTop = 0));
  } catch (problem) {
    if (mine < led || mine < drawn) return;
    // A look for news may have stood in for a page that was asked for.
    if (quiet && !isHeld()) return problem.status === 404 && openNumber() ? leave() : undefined;
    if (problem.status !== 404) return window.location.assign(address);
    hold(false);
    toast(word("not_found"), { tone: "critical" });
  }
}

const refreshSoon = paced(() => load(window.location.href, { quiet: true }));

document.addEventListener("click", (event) => {
  const link = event.target.closest(".row-body, .twin-body, [data-part=queue] .tabs a, [data-part=queue] .pages a, .queue-told a, [data-filter-choice], .header-counts a, .overview a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  load(link.href);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest(".filters, .find, .queue-find");
  if (!form) return;
  event.preventDefault();
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const address = `${form.getAttribute("action")}?${asked}`;
  document.activeElement?.blur();
  history.pushState(null, "", address);
  load(address);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-timeline-pick] button");
  if (!button) return;
  shown = button.dataset.show;
  showTimeline();
});
document.addEventListener("click", (event) => {
  // What stands beside an order fills a field of the dialog that it opens, or narrows its choices.
  const from = event.target.closest("[data-fill], [data-narrow]");
  const form = from && document.getElementById(from.dataset.openDialog);
  if (!form) return;
  for (const field of form.querySelectorAll(`[name="${from.dataset.fill}"]`)) {
    if (field.type === "radio") field.checked = field.value === from.dataset.value;
    else field.value = from.dataset.value;
  }
  const find = from.dataset.narrow && form.querySelector("[data-picker-find]");
  if (!find) return;
  find.value = from.dataset.narrow;
  find.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("lianqin:stale", (event) => {
  event.target.closest("dialog")?.setAttribute("data-stale", "");
  load(window.location.href, { quiet: true });
});
window.addEventListener("popstate", () => load(window.location.href));
// What one has done oneself is shown at once, whatever news have just been.
document.addEventListener("lianqin:done", async () => {
  if (openNumber()) await load(window.location.href, { quiet: true, part: "order" });
  refreshSoon({ atOnce: true });
});
document.addEventListener("close", (event) => event.target.matches?.("dialog") && refreshSoon(), true);
document.addEventListener("lianqin:order", () => refreshSoon());
document.addEventListener("lianqin:reset", () => refreshSoon());
window.addEventListener("lianqin:theme", () => window.location.reload());
// Without the stream the page still follows, only slower.
setInterval(() => {
  if (document.querySelector("[data-stream-state]")?.dataset.state !== "live") refreshSoon();
}, 15000);

// A desk with room for it begins with the most pressing order open; a phone begins with the list.
const first = document.querySelector("[data-rows] .row-body");
if (!openNumber() && first && matchMedia("(min-width: 761px)").matches) {
  history.replaceState(null, "", first.href);
  load(first.href, { quiet: true });
}

showSelected();
showMaps(bench);
bindPlaces(document);
