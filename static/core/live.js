// Named parts of a page follow the stream: fetched again and exchanged, but never under somebody's hands.
import { fragment } from "./api.js";
import { tickAll } from "./countdown.js";

const REST = 1500; // many news are one look
const AGAIN = 60_000; // what moves without news: hours that begin and end
const NEWS = ["lianqin:order", "lianqin:notice", "lianqin:reset"];

const typed = (field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

function isHeld(part) {
  return part.contains(document.activeElement) || part.querySelector("details[data-menu][open]") !== null
    || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some(typed);
}

function exchange(here, incoming) {
  const open = [...here.querySelectorAll("details")].map((each) => each.open);
  here.replaceChildren(...incoming.childNodes);
  const now = here.querySelectorAll("details");
  if (now.length === open.length) now.forEach((each, place) => (each.open = open[place]));
}

async function refresh() {
  let incoming = null;
  try {
    incoming = new DOMParser().parseFromString(await fragment(window.location.href), "text/html");
  } catch {
    return; // The next news tries again.
  }
  for (const here of document.querySelectorAll("[data-part]")) {
    const part = incoming.querySelector(`[data-part="${here.dataset.part}"]`);
    if (part && !isHeld(here)) exchange(here, part);
  }
  tickAll();
}

// Follow the news, and look again each ``every`` milliseconds; what somebody typed stays.
export function followNews({ every = AGAIN } = {}) {
  let waiting = 0;
  const soon = () => {
    waiting ||= setTimeout(() => {
      waiting = 0;
      refresh();
    }, REST);
  };
  for (const news of NEWS) document.addEventListener(news, soon);
  setInterval(() => document.hidden || soon(), every);
}
