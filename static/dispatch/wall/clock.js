// The clock of the wall is that of the database, read with every snapshot; one timer moves everything that counts.
import { word } from "../../core/words.js";

const two = (number) => String(number).padStart(2, "0");
const SHANGHAI_MS = 8 * 3600 * 1000;
const listeners = new Set();
let offset = 0;

export const now = () => Date.now() + offset;

// A wall runs for days: the clock of the machine may wander or be set, so every reading sets ours anew.
export function setClock(at) {
  offset = Date.parse(at) - Date.now();
}

function parts(moment) {
  const local = new Date(moment + SHANGHAI_MS);
  return { hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds(), day: local.getUTCDate(), month: local.getUTCMonth() + 1, weekday: local.getUTCDay() };
}

export function timeOf(moment, seconds = true) {
  const { hour, minute, second } = parts(moment);
  return seconds ? `${two(hour)}:${two(minute)}:${two(second)}` : `${two(hour)}:${two(minute)}`;
}

export function dateOf(moment) {
  const { day, month, weekday } = parts(moment);
  return word("date", { day, month, weekday: word("weekdays").split(" ")[weekday] });
}

export const hourOf = (moment) => parts(moment).hour;
export const dayOf = (moment) => Math.floor((moment + SHANGHAI_MS) / 86_400_000);

// Called at every full second while somebody can see it, and once when it comes into view again.
export function everySecond(listener) {
  listeners.add(listener);
}

let timer = 0;
function beat() {
  clearTimeout(timer);
  const moment = now();
  for (const listener of listeners) listener(moment);
  timer = setTimeout(beat, 1000 - (moment % 1000) + 5);
}

export function startClock() {
  document.addEventListener("visibilitychange", () => document.hidden || beat());
  beat();
}
