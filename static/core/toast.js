// A short word at the corner; refusals stay until they are closed.
import { word } from "./words.js";

export function toast(text, { tone = "primary", title = "", seconds = tone === "critical" ? 0 : 4 } = {}) {
  const home = document.querySelector("[data-toasts]");
  if (!home || !text) return;
  const box = Object.assign(document.createElement("div"), { className: `toast toast-${tone}` });
  const words = document.createElement("div");
  if (title) words.append(Object.assign(document.createElement("b"), { textContent: title }));
  words.append(Object.assign(document.createElement(title ? "p" : "div"), { textContent: text }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", word("close"));
  close.addEventListener("click", () => box.remove());
  box.append(Object.assign(document.createElement("span"), { className: "dot" }), words, close);
  home.append(box);
  if (seconds) setTimeout(() => box.remove(), seconds * 1000);
}
