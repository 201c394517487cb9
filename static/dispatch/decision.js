// The decision beside an order: what is chosen survives the news and is named on the button; leaving the list asks why.
import { newKey, post } from "../core/api.js";
import { toast } from "../core/toast.js";

const chosen = new Map();
const form = () => document.getElementById("decision");
const number = () => document.querySelector("[data-decision]")?.dataset.decision ?? "";
const leads = () => [...(form()?.querySelectorAll('[name="lead"]') ?? [])];
const assists = () => [...(form()?.querySelectorAll('[name="assists"]') ?? [])];
const lead = () => leads().find((each) => each.checked);

function name() {
  const text = lead()?.closest("[data-name]").dataset.name;
  for (const label of document.querySelectorAll("[data-lead-none]")) label.textContent = text ? label.dataset.leadName.replace("%s", text) : label.dataset.leadNone;
}

function show() {
  const taken = lead();
  const listed = leads().find((each) => "suggested" in each.dataset);
  const why = form().querySelector("[data-correction]");
  why.hidden = !listed || !taken || taken === listed;
  for (const each of why.querySelectorAll("input")) each.disabled = why.hidden;
  for (const each of assists()) {
    // Who leads cannot assist.
    each.disabled = each.value === taken?.value;
    if (each.disabled) each.checked = false;
  }
  mirror(taken);
  name();
}

// The form with all departments begins with what is chosen here.
function mirror(taken) {
  const twin = [...document.querySelectorAll('form[data-form="dispatch"] [name="lead"]')].find((each) => each.value === taken?.value);
  if (!twin || twin.closest("dialog").open) return;
  twin.checked = true;
  twin.dispatchEvent(new Event("change", { bubbles: true }));
}

function keep() {
  chosen.set(number(), {
    lead: lead()?.value,
    assists: assists().filter((each) => each.checked).map((each) => each.value),
    correction: form().querySelector('[name="correction"]:checked')?.value,
  });
}

// Show again what was chosen for the open order, after the page has redrawn itself.
export function restore() {
  if (!form()) return;
  const kept = chosen.get(number());
  if (kept) {
    for (const each of leads()) each.checked = each.value === kept.lead;
    for (const each of assists()) each.checked = kept.assists.includes(each.value);
    for (const each of form().querySelectorAll('[name="correction"]')) each.checked = each.value === kept.correction;
  }
  show();
}

document.addEventListener("change", (event) => {
  if (event.target.form !== form() || !form()) return;
  show();
  keep();
});
// A digit chooses a department; with Shift it joins or leaves those that assist.
document.addEventListener("lianqin:digit", (event) => {
  if (!form()) return;
  const { digit, shift } = event.detail;
  const box = (shift ? assists() : leads())[digit - 1];
  event.preventDefault();
  if (!box || box.disabled) return;
  box.click();
  if (!shift) box.focus();
});
document.addEventListener("submit", (event) => {
  if (event.target !== form() || lead()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  leads()[0]?.focus();
  toast(document.querySelector("[data-lead-none]")?.dataset.leadNone ?? "");
}, true);
document.addEventListener("lianqin:done", (event) => {
  if (event.target === form()) chosen.delete(number());
});
document.addEventListener("lianqin:redrawn", restore);

const whistled = new Map();
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-whistle]");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const { whistle, orderNumber, done } = button.dataset;
  const intention = `${orderNumber}:${whistle}`;
  // The same intention keeps its key, so that a lost answer summons nobody twice.
  const by = new Date(Date.now() + Number(button.dataset.minutes) * 60000).toISOString();
  if (!whistled.has(intention)) whistled.set(intention, { key: newKey(), by });
  button.setAttribute("aria-busy", "true");
  try {
    const { key, by } = whistled.get(intention);
    await post("/api/v1/whistles/", { kind: "resident", order: orderNumber, people: [Number(whistle)], by }, key);
    whistled.delete(intention);
    toast(done, { tone: "ok" });
    button.dispatchEvent(new CustomEvent("lianqin:done", { bubbles: true, detail: {} }));
  } catch (problem) {
    if (problem.status >= 400) whistled.delete(intention);
    toast(problem.message, { tone: "critical" });
  } finally {
    button.removeAttribute("aria-busy");
  }
});

restore();
