// The bell of the header: how many notices are unread, and red when a grave one is among them.
import { get } from "../core/api.js";
import { word } from "../core/words.js";

const bell = document.querySelector("[data-bell]");
let waiting = 0;

async function ring() {
  waiting = 0;
  try {
    const { unread, gravity } = await get("/api/v1/notices/?limit=1");
    const mark = bell.querySelector("[data-bell-count]");
    mark.hidden = !unread;
    mark.textContent = unread > 99 ? "99+" : String(unread);
    bell.dataset.gravity = gravity ?? "";
    bell.setAttribute("aria-label", unread ? word("unread", { n: unread }) : bell.title);
  } catch {
    // The next news tries again.
  }
}

function soon(wait) {
  if (bell && !waiting) waiting = setTimeout(ring, wait);
}

soon(0);
// Notices are written after the news has left.
for (const news of ["lianqin:order", "lianqin:reset"]) document.addEventListener(news, () => soon(2500));
for (const news of ["lianqin:notice", "lianqin:notices"]) document.addEventListener(news, () => soon(100));
