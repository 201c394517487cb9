// Everything marked data-countdown follows the clock of the database, whose reading the page carries.
import { figure, words } from "./durations.js";

export { figure, words } from "./durations.js";

const page = document.querySelector("[data-now]");
const offset = page ? Date.parse(page.dataset.now) - (performance.timeOrigin + performance.now()) : 0;
const now = () => performance.timeOrigin + performance.now() + offset;

function tick(node, moment) {
  const { start, due, warn } = node.dataset;
  const from = Date.parse(start);
  const to = Date.parse(due);
  const left = Math.round((to - moment) / 1000);
  const used = to > from ? Math.min(1, Math.max(0, (moment - from) / (to - from))) : 1;
  const tone = left < 0 ? "critical" : used >= Number(warn) ? "warn" : "ok";
  const text = "words" in node.dataset ? words(Math.max(0, left)) : figure(left);
  if (!("clock" in node.dataset)) {
    if (node.textContent !== text) node.textContent = text;
    if (node.classList.contains("clock-value") && !("tint" in node.dataset)) {
      node.classList.toggle("tone-warn", tone === "warn");
      node.classList.toggle("tone-critical", tone === "critical");
    }
    if ("tint" in node.dataset) node.closest("[data-tone]")?.setAttribute("data-tone", tone);
    return;
  }
  node.dataset.tone = tone;
  node.querySelector("[data-value]").textContent = text;
  node.querySelector("[data-bar]")?.setAttribute("width", String(Math.round(used * 100)));
  const hand = node.querySelector("[data-hand]");
  if (!hand) return;
  hand.setAttribute("stroke-dasharray", `${(used * 113.1).toFixed(1)} 113.1`);
  hand.closest("[data-tone]").dataset.tone = tone;
  node.querySelector("[data-percent]").textContent = `${Math.round(used * 100)}%`;
}

export function tickAll() {
  const moment = now();
  document.querySelectorAll('[data-countdown][data-state="running"]').forEach((node) => tick(node, moment));
}

setInterval(tickAll, 1000);
document.addEventListener("visibilitychange", () => document.hidden || tickAll());
tickAll();
