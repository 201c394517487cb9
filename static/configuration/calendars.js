// Choose days of a year by mouse or keyboard; the form beside the year says what becomes of them.
// Without script every day is a link that puts itself into the form.
const grid = document.querySelector("[data-year-grid]");
const form = document.querySelector("[data-day-form]");
const field = form.querySelector("[data-dates]");
const told = form.querySelector("[data-day-told]");
const days = [...grid.querySelectorAll("[data-day]")];
const place = new Map(days.map((day, index) => [day.dataset.day, index]));
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const KINDS = { r: "off", w: "work", Backspace: "reset" };
let anchor = 0;

function choose(from, to, add) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const chosen = new Set(add ? field.value.split(",").map((text) => text.trim()).filter(Boolean) : []);
  for (let index = first; index <= last; index += 1) {
    const date = days[index].dataset.day;
    if (add && first === last && chosen.has(date)) chosen.delete(date);
    else chosen.add(date);
  }
  field.value = [...chosen].sort().join(", ");
  mark();
}

function mark() {
  const chosen = new Set(field.value.split(",").map((text) => text.trim()));
  let shown = null;
  for (const day of days) {
    const on = chosen.has(day.dataset.day);
    day.setAttribute("aria-selected", String(on));
    if (on) shown ??= day;
  }
  told.textContent = shown ? shown.title.trim() : "";
  if (!shown) return;
  // What one most likely wants is the other of what it is now.
  const works = ["work", "makeup", "own"].includes(shown.dataset.look);
  form.querySelector(`[name=kind][value=${works ? "off" : "work"}]`).checked = true;
  if (!form.elements.note.value) form.elements.note.value = shown.dataset.note;
}

grid.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]");
  if (!day) return;
  event.preventDefault();
  const index = place.get(day.dataset.day);
  form.elements.note.value = "";
  if (!event.shiftKey) anchor = index;
  choose(anchor, index, event.ctrlKey || event.metaKey);
  day.focus();
});

grid.addEventListener("keydown", (event) => {
  const day = event.target.closest("[data-day]");
  if (!day || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  const kind = KINDS[event.key] ?? KINDS[event.key.toLowerCase()];
  if (!step && !kind) return;
  event.preventDefault();
  event.stopPropagation();
  if (kind) {
    if (!field.value) choose(place.get(day.dataset.day), place.get(day.dataset.day), false);
    form.querySelector(`[name=kind][value=${kind}]`).checked = true;
    form.requestSubmit(form.querySelector("[name=do]"));
    return;
  }
  const next = Math.min(days.length - 1, Math.max(0, place.get(day.dataset.day) + step));
  days[next].focus();
  if (!event.shiftKey) anchor = next;
  choose(anchor, next, false);
});

field.addEventListener("input", mark);
if (field.value) mark();
