// Follow a trial that is under way.
import { get } from "../core/api.js";

const PAUSE_MS = 900;
const running = document.querySelector("[data-trial]");

async function follow() {
  try {
    const { state, done, total } = await get(`/api/v1/trials/${running.dataset.trial}/`);
    if (state !== "queued" && state !== "running") {
      window.location.reload();
      return;
    }
    const bar = running.querySelector("progress");
    if (bar && total) {
      bar.max = total;
      bar.value = done;
      running.querySelector("[data-trial-text]").textContent = `${done} / ${total}`;
    }
  } catch {
    // The network is away for a moment: ask again.
  }
  setTimeout(follow, PAUSE_MS);
}

if (running) follow();
