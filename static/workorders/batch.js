// Many orders at once: what is ticked survives the news, and each order gets its own answer.
import { newKey, post } from "../core/api.js";
import { open } from "../core/dialog.js";
import { toast } from "../core/toast.js";
import { plan } from "./plan.js";

const chosen = new Set();
let intention = { body: "", key: "" };
const boxes = () => [...document.querySelectorAll("[data-check]")];

export function showChecks() {
  const bar = document.querySelector("[data-batch]");
  const here = boxes();
  const shown = new Set(here.map((box) => box.value));
  // What has left the list is no longer meant.
  for (const number of chosen) if (!shown.has(number)) chosen.delete(number);
  for (const box of here) box.checked = chosen.has(box.value);
  if (!bar) return;
  const all = bar.querySelector("[data-check-all]");
  all.checked = chosen.size === here.length;
  all.indeterminate = chosen.size > 0 && !all.checked;
  const button = bar.querySelector("[data-batch-go]");
  button.disabled = chosen.size === 0;
  const label = button.querySelector("span");
  label.dataset.plain ??= label.textContent;
  label.textContent = chosen.size ? button.dataset.words.replace("{n}", chosen.size) : label.dataset.plain;
}

function line(result, title, confirmed) {
  const item = document.createElement("li");
  const about = document.createElement("div");
  about.append(Object.assign(document.createElement("b"), { textContent: title ?? result.number }));
  about.append(Object.assign(document.createElement("span"), { className: "meta mono", textContent: result.number }));
  const state = Object.assign(document.createElement("span"), { className: `tag ${result.ok ? "tag-ok" : "tag-warn"}`, textContent: result.ok ? confirmed : result.detail });
  item.dataset.result = result.number;
  item.append(about, state);
  return item;
}

function tell(kind, answer, titles) {
  const dialog = document.getElementById("batch-results");
  const words = dialog.dataset[`${kind}${answer.refused ? "Some" : "All"}`];
  dialog.querySelector("[data-batch-told]").textContent = words.replace("{n}", answer.done).replace("{done}", answer.done).replace("{refused}", answer.refused);
  // A refusal is what one has to read.
  const results = [...answer.results].sort((a, b) => Number(a.ok) - Number(b.ok));
  dialog.querySelector("[data-batch-results]").replaceChildren(...results.map((result) => line(result, titles.get(result.number), dialog.dataset[`${kind}Done`])));
  open("batch-results");
}

async function send(kind, data, button) {
  const titles = new Map(boxes().map((box) => [box.value, box.dataset.title]));
  const body = JSON.stringify(data);
  // The same intention keeps its key, so that a lost answer does nothing twice.
  if (intention.body !== body) intention = { body, key: newKey() };
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await post(`/api/v1/work-orders/batch/${kind}/`, data, intention.key);
    intention = { body: "", key: "" };
    chosen.clear();
    button.closest("dialog")?.close();
    tell(kind, answer, titles);
    document.dispatchEvent(new CustomEvent("lianqin:done", { detail: answer }));
  } catch (problem) {
    toast(problem.message, { tone: "critical" });
  } finally {
    button.removeAttribute("aria-busy");
    showChecks();
  }
}

async function go(button) {
  if (button.getAttribute("aria-busy") === "true") return;
  const kind = button.closest("[data-batch]").dataset.batch;
  const numbers = [...chosen];
  if (kind === "verify") return send(kind, { numbers }, button);
  button.setAttribute("aria-busy", "true");
  try {
    await plan(numbers, (items, confirm) => send(kind, { items }, confirm));
  } catch (problem) {
    toast(problem.message, { tone: "critical" });
  } finally {
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-check-all]")) for (const each of boxes()) box.checked ? chosen.add(each.value) : chosen.delete(each.value);
  else if (!box.matches("[data-check]")) return;
  else if (box.checked) chosen.add(box.value);
  else chosen.delete(box.value);
  showChecks();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-batch-go]");
  if (button) go(button);
});
