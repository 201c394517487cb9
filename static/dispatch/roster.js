// The roster without reloading: choose a place, then a person; drag, arrows, digits. Every change is the page's own form.
import { toast } from "../core/toast.js";
import { word } from "../core/words.js";

const home = document.querySelector("[data-roster]");
const TOKEN = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
home.dataset.scripted = "";
let dragged = null;
let busy = false;

function toToday() {
  const today = home.querySelector(".roster-today");
  const box = today?.closest(".table-box");
  if (box) box.scrollLeft = today.offsetLeft - today.parentElement.firstElementChild.offsetWidth;
}

function keyOf(node) {
  const slot = node?.closest?.("[data-slot]");
  return slot ? `[data-slot][data-shift="${slot.dataset.shift}"][data-post="${slot.dataset.post}"] [data-add]` : "";
}

// ``undo`` takes the change back; it is offered beside the word that the change is made.
function show(html, focus, undo) {
  const left = home.querySelector(".table-box")?.scrollLeft;
  home.innerHTML = html;
  if (left) home.querySelector(".table-box")?.scrollTo({ left });
  for (const told of home.querySelectorAll(".alert")) {
    const done = told.classList.contains("alert-ok");
    const action = done && undo ? { text: word("undo"), run: undo } : null;
    toast(told.textContent.trim(), { tone: done ? "ok" : "critical", seconds: !done ? 0 : action ? 10 : 3, action });
    told.remove();
  }
  const target = (focus && home.querySelector(focus)) || home.querySelector("[data-find-person]");
  target?.focus({ preventScroll: focus !== undefined });
}

async function ask(url, options, focus, undo) {
  if (busy) return;
  busy = true;
  try {
    const response = await fetch(url, { credentials: "same-origin", ...options, headers: { Accept: "text/html", "X-Fragment": "1", "X-CSRFToken": TOKEN } });
    if (!response.ok) throw new Error(String(response.status));
    show(await response.text(), focus, undo);
  } catch {
    toast(word(navigator.onLine ? "failed" : "offline"), { tone: "critical" });
  } finally {
    busy = false;
  }
}

function data(extra) {
  const form = home.querySelector("#roster-form");
  const told = new FormData();
  for (const name of ["unit", "week"]) told.set(name, form.elements[name].value);
  for (const [name, value] of Object.entries(extra)) told.set(name, value);
  return told;
}

const write = (extra, focus, undo) => ask(window.location.pathname, { method: "POST", body: data(extra) }, focus, undo);
const agreed = (button) => !button?.dataset.confirm || window.confirm(button.dataset.confirm);

// Out of a shift: asked first where the roster is published, and with a way back in either case.
function remove(button) {
  if (!agreed(button)) return;
  const focus = keyOf(button);
  const { shift, post } = button.closest("[data-slot]").dataset;
  const back = { assign: button.closest("[data-holder]").dataset.holder, shift, post, despite_rest: "1" };
  write({ unassign: button.value }, focus, () => write(back, focus));
}

function move(watch, slot) {
  const from = home.querySelector(`[data-watch="${watch}"]`);
  const { shift, post } = slot.dataset;
  const was = from?.closest("[data-slot]").dataset;
  if (was?.shift === shift && was.post === post) return;
  // Another post of the same shift takes nobody off it.
  if (was?.shift !== shift && !agreed(from?.querySelector("[name=unassign]"))) return;
  write({ move: watch, shift, post }, keyOf(slot));
}

function pick(link) {
  ask(link.href, {}, "[data-find-person]");
  history.replaceState(null, "", link.href);
}

function assign(button) {
  const form = home.querySelector("#roster-form");
  const [shift, post] = [form.elements.shift.value, form.elements.post.value];
  const despite = form.elements.despite_rest?.checked ? "1" : "";
  // The next place of the same shift and post, so that several can be placed one after the other.
  write({ assign: button.value, shift, post, despite_rest: despite }, `[data-slot][data-shift="${shift}"][data-post="${post}"] [data-add]`);
}

home.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.id !== "roster-form" || !button) return;
  event.preventDefault();
  if (button.name === "assign") return assign(button);
  if (button.name === "unassign") return remove(button);
  if (!agreed(button)) return;
  const told = new FormData(event.target, button);
  ask(window.location.pathname, { method: "POST", body: told });
});

home.addEventListener("click", (event) => {
  const link = event.target.closest("[data-add], [data-close-picking]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (link.matches("[data-add]")) pick(link);
  else {
    ask(link.href, {}, "[data-add]");
    history.replaceState(null, "", link.href);
  }
});

home.addEventListener("change", (event) => {
  if (event.target.matches("[data-roster-unit]")) event.target.form.submit();
});

let typing = 0;
home.addEventListener("input", (event) => {
  if (!event.target.matches("[data-find-person]")) return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const url = new URL(window.location.href);
    const form = home.querySelector("#roster-form");
    for (const name of ["unit", "week", "shift", "post"]) url.searchParams.set(name, form.elements[name].value);
    url.searchParams.set("q", event.target.value);
    const response = await fetch(url, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
    const list = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".roster-people");
    if (list) home.querySelector(".roster-people")?.replaceWith(list);
  }, 180);
});

// Arrows go from place to place; in the list of people they go up and down, and digits choose.
const columnOf = (cell) => [...cell.parentElement.children].indexOf(cell);
function neighbour(link, key) {
  const cell = link.closest("td");
  const inCell = [...cell.querySelectorAll("[data-add]")];
  const place = inCell.indexOf(link);
  if (key === "ArrowDown" && inCell[place + 1]) return inCell[place + 1];
  if (key === "ArrowUp" && inCell[place - 1]) return inCell[place - 1];
  if (key === "ArrowDown" || key === "ArrowUp") {
    const row = key === "ArrowDown" ? cell.parentElement.nextElementSibling : cell.parentElement.previousElementSibling;
    const links = row?.children[columnOf(cell)]?.querySelectorAll("[data-add]") ?? [];
    return key === "ArrowDown" ? links[0] : links[links.length - 1];
  }
  let next = cell;
  do next = key === "ArrowRight" ? next.nextElementSibling : next.previousElementSibling;
  while (next && !next.querySelector("[data-add]"));
  return next?.querySelectorAll("[data-add]")[Math.min(place, next.querySelectorAll("[data-add]").length - 1)];
}

home.addEventListener("keydown", (event) => {
  const link = event.target.closest("[data-add]");
  if (link && event.key.startsWith("Arrow")) {
    neighbour(link, event.key)?.focus();
    return event.preventDefault();
  }
  if (link && (event.key === "Delete" || event.key === "Backspace")) {
    const last = [...link.closest("[data-slot]").querySelectorAll("[name=unassign]")].pop();
    if (last) remove(last);
    return event.preventDefault();
  }
  const side = event.target.closest("[data-picking]");
  if (!side) return;
  const people = [...side.querySelectorAll(".roster-person:not([disabled])")];
  const place = people.indexOf(document.activeElement);
  if (event.key === "ArrowDown") (people[place + 1] ?? people[0])?.focus();
  else if (event.key === "ArrowUp") (people[place - 1] ?? side.querySelector("[data-find-person]"))?.focus();
  else if (event.key === "Escape") side.querySelector("[data-close-picking]").click();
  else if (event.key === "Enter" && event.target.matches("[data-find-person]")) people[0] && assign(people[0]);
  else if (/^[1-9]$/.test(event.key) && event.target.matches("[data-find-person]") && !event.target.value) people[event.key - 1] && assign(people[event.key - 1]);
  else return;
  event.preventDefault();
});

home.addEventListener("dragstart", (event) => {
  const node = event.target.closest?.("[data-watch], [data-user]");
  if (!node) return;
  dragged = node.dataset.watch ? { move: node.dataset.watch } : { assign: node.dataset.user };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", node.textContent.trim());
});
home.addEventListener("dragover", (event) => {
  const slot = event.target.closest?.("[data-slot][data-open]");
  home.querySelectorAll(".roster-target").forEach((each) => each !== slot && each.classList.remove("roster-target"));
  if (!dragged || !slot) return;
  event.preventDefault();
  slot.classList.add("roster-target");
});
home.addEventListener("drop", (event) => {
  const slot = event.target.closest?.("[data-slot][data-open]");
  if (!dragged || !slot) return;
  event.preventDefault();
  if (dragged.move) move(dragged.move, slot);
  else write({ ...dragged, shift: slot.dataset.shift, post: slot.dataset.post, despite_rest: "1" }, keyOf(slot));
  dragged = null;
});
home.addEventListener("dragend", () => {
  dragged = null;
  home.querySelectorAll(".roster-target").forEach((each) => each.classList.remove("roster-target"));
});
toToday();
