// What every page does.
import "./countdown.js";
import "./dialog.js";
import "./files.js";
import "./forms.js";
import "./keyboard.js";
import "./picker.js";
import { restoreDrafts } from "./drafts.js";

restoreDrafts(document);

const STATES = { live: "live", reconnecting: "retry", offline: "offline" };
document.addEventListener("lianqin:stream-state", (event) => {
  for (const pill of document.querySelectorAll("[data-stream-state]")) {
    const state = STATES[event.detail.state] ?? "retry";
    pill.dataset.state = state;
    pill.querySelector("[data-stream-word]").textContent = pill.dataset[`${state}Word`];
  }
});
