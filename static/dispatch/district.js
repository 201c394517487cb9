// The district page follows the stream: fetch itself and replace its one part.
import { fragment } from "../core/api.js";
import { tickAll } from "../core/countdown.js";
import { open } from "../core/dialog.js";
import { paced } from "../core/pace.js";

const refreshSoon = paced(async () => {
  try {
    const incoming = new DOMParser().parseFromString(await fragment(window.location.href), "text/html").querySelector("[data-part=district]");
    const here = document.querySelector("[data-part=district]");
    if (incoming && here) here.replaceChildren(...incoming.childNodes);
    tickAll();
  } catch {
    // The next event tries again.
  }
});

for (const news of ["lianqin:order", "lianqin:reset"]) document.addEventListener(news, () => refreshSoon());

// One dialog for all rows: it is told which order before it opens.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hand-down]");
  if (!button) return;
  const dialog = document.getElementById("hand-down");
  dialog.querySelector("[name=number]").value = button.dataset.handDown;
  dialog.querySelector("[data-hand-down-title]").textContent = `${button.dataset.title} ${button.dataset.handDown}`;
  open("hand-down");
});
