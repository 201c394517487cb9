// The whole desk by keyboard. Letters stand on what they press (data-key); "?" tells them all. Nothing fires while typing.
import { open } from "./dialog.js";
import { tellKeys } from "./keysheet.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const typing = (node) => node.closest?.(TYPING);
const shown = (node) => node.checkVisibility?.() ?? node.offsetParent !== null;
// What stands there is of the past while something else is on its way: no key acts on it.
const held = (node) => Boolean(node?.closest("[inert]"));
const rows = () => [...document.querySelectorAll("[data-rows] .row-body")];
const here = (all) => {
  const focused = all.indexOf(document.activeElement?.closest?.(".row-body"));
  return focused >= 0 ? focused : all.findIndex((row) => row.closest("[data-selected]"));
};

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = here(all);
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next.focus();
  if (next !== all[at]) next.click();
}

// Tick the line one stands on.
function mark() {
  const all = rows();
  all[here(all)]?.closest("[data-row]")?.querySelector("[data-check]")?.click();
}

// From pane to pane: each begins with what one would use there.
function pane(by) {
  const panes = [...document.querySelectorAll("[data-pane]")].filter(shown);
  if (!panes.length) return;
  const at = panes.findIndex((each) => each.contains(document.activeElement));
  const next = panes[(at + by + panes.length) % panes.length] ?? panes[0];
  const first = next.querySelector("[data-selected] .row-body, input:checked, [data-main-action]") ?? next.querySelector("a[href], button:not(:disabled), input:not([type=hidden])");
  (first && shown(first) ? first : next).focus();
}

function choose(digit, shift) {
  const dialog = document.querySelector("dialog[open]");
  if (!dialog) {
    const filters = document.activeElement?.closest("[data-filter-menu]");
    if (filters) return filters.querySelectorAll("[data-filter-choice]")[digit - 1]?.click();
    if (held(document.querySelector(".actions"))) return;
    if (!document.dispatchEvent(new CustomEvent("lianqin:digit", { cancelable: true, detail: { digit, shift } }))) return;
    if (!shift) document.querySelectorAll(".actions > .button")[digit - 1]?.click();
    return;
  }
  const list = dialog.querySelector("[data-picker], .choices");
  const lines = [...(list?.querySelectorAll("label:not([hidden]) input") ?? [])];
  lines[digit - 1]?.click();
}

// The first press goes to the main action, the second takes it.
function main() {
  const button = document.querySelector("[data-main-action]");
  if (!button || held(button)) return;
  if (button.dataset.openDialog || document.activeElement === button || document.activeElement?.form?.id === button.getAttribute("form")) button.click();
  else button.focus();
}

function filters() {
  (document.querySelector("[data-filter-menu] :is([data-filter-choice], button)") ?? document.querySelector(".filters select"))?.focus();
}

const PRESS = {
  "/": () => document.querySelector("[data-find]")?.focus(),
  "?": () => {
    tellKeys();
    open("keys");
  },
  j: () => step(1),
  k: () => step(-1),
  x: mark,
  f: filters,
  "]": () => pane(1),
  "[": () => pane(-1),
};

function press(event) {
  const key = event.key.toLowerCase();
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? (key >= "1" && key <= "9" ? key : "");
  const dialog = document.querySelector("dialog[open]");
  if (digit) return choose(Number(digit), event.shiftKey), true;
  if (dialog) {
    if (key !== "enter" || event.target.closest("button, a")) return false;
    dialog.querySelector("form")?.requestSubmit();
    return true;
  }
  if (key === "enter") {
    // A key held down is no second decision.
    if (event.repeat) return true;
    if (event.target.closest("button, summary, label, a:not(.row-body)")) return false;
    main();
    return true;
  }
  if (key === "escape") return leave();
  if (PRESS[key]) return PRESS[key](), true;
  const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((node) => shown(node) || node.closest("details"));
  if (!named || named.disabled || held(named)) return false;
  named.click();
  if (named.matches("summary")) named.parentElement.querySelector("button, a")?.focus();
  return true;
}

// Escape shuts a menu and goes back to what opened it, else to the list.
function leave() {
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return true;
  }
  const all = rows();
  all[here(all)]?.focus();
  return all.length > 0;
}

// A form that one types into is sent by Ctrl and Enter.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const dialog = event.target.closest?.("dialog[open]");
  if (!dialog) return;
  event.preventDefault();
  dialog.querySelector("form")?.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) event.target.blur();
    return;
  }
  if (press(event)) event.preventDefault();
});
