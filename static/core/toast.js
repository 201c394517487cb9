// A short word at the corner; refusals stay until they are closed. ``action``: {text, run}, a way back for instance.
import { word } from "./words.js";

export function toast(text, { tone = "primary", title = "", action = null, seconds = tone === "critical" ? 0 : action ? 10 : 4 } = {}) {
  const home = document.querySelector("[data-toasts]");
  if (!home || !text) return;
  const box = Object.assign(document.createElement("div"), { className: `toast toast-${tone}` });
  const words = document.createElement("div");
  if (title) words.append(Object.assign(document.createElement("b"), { textContent: title }));
  words.append(Object.assign(document.createElement(title ? "p" : "div"), { textContent: text }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", word("close"));
  close.addEventListener("click", () => box.remove());
  if (action) {
    const act = Object.assign(document.createElement("button"), { type: "button", className: "toast-act", textContent: action.text });
    act.addEventListener("click", () => {
      box.remove();
      action.run();
    });
    words.append(act);
  }
  box.append(Object.assign(document.createElement("span"), { className: "dot" }), words, close);
  home.append(box);
  if (seconds) setTimeout(() => box.remove(), seconds * 1000);
}
