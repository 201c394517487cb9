// "/" search, J and K move, digits choose, Enter opens the main action, "?" helps.
import { open } from "./dialog.js";

const typing = (node) => node.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] .row-body")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.closest("[data-selected]"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  next.focus();
  if (next !== rows[here]) next.click();
}

function choose(digit) {
  const dialog = document.querySelector("dialog[open]");
  if (!dialog) {
    const suggested = document.querySelectorAll("[data-suggestion]");
    if (suggested.length) return suggested[digit - 1]?.click();
    document.querySelectorAll(".actions > .button")[digit - 1]?.click();
    return;
  }
  const list = dialog.querySelector("[data-picker], .choices");
  const shown = [...(list?.querySelectorAll("label:not([hidden]) input") ?? [])];
  shown[digit - 1]?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const dialog = document.querySelector("dialog[open]");
  if (typing(event.target)) {
    if (event.key === "Escape" && !dialog) event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  if (key >= "1" && key <= "9") choose(Number(key));
  else if (dialog) {
    if (key === "enter" && !event.target.closest("button, a")) dialog.querySelector("form")?.requestSubmit();
    else return;
  } else if (key === "/") document.querySelector("[data-find]")?.focus();
  else if (key === "?") open("keys");
  else if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "enter" && !event.target.closest("button, summary, a:not(.row-body)")) document.querySelector("[data-main-action]")?.click();
  else return;
  event.preventDefault();
});
