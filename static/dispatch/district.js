// The district page follows the stream: fetch itself and replace its one part.
import { fragment } from "../core/api.js";
import { tickAll } from "../core/countdown.js";

let waiting = 0;

async function refresh() {
  waiting = 0;
  try {
    const incoming = new DOMParser().parseFromString(await fragment(window.location.href), "text/html").querySelector("[data-part=district]");
    const here = document.querySelector("[data-part=district]");
    if (incoming && here) here.replaceChildren(...incoming.childNodes);
    tickAll();
  } catch {
    // The next event tries again.
  }
}

for (const news of ["lianqin:order", "lianqin:reset"]) {
  document.addEventListener(news, () => {
    if (!waiting) waiting = setTimeout(refresh, 400);
  });
}
