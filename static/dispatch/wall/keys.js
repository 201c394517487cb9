// Keyboard and remote control of the wall. Dialogs keep their own keys.
import { open } from "../../core/dialog.js";

export function bindKeys({ map, trend, rotation }) {
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.().catch(() => {}));
  document.querySelector("[data-full]").addEventListener("click", full);
  for (const button of document.querySelectorAll("[data-sheet]")) button.addEventListener("click", () => open(button.dataset.sheet));
  const actions = {
    " ": () => rotation.toggle(),
    ArrowRight: () => rotation.step(1),
    ArrowLeft: () => rotation.step(-1),
    0: () => map.home(),
    t: () => trend.next(),
    f: full,
    i: () => open("measures"),
    "?": () => open("wall-keys"),
  };
  const layers = [...document.querySelectorAll("[data-layer]")];
  layers.forEach((button, index) => {
    actions[index + 1] = () => map.toggle(button.dataset.layer);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest("select, input, textarea")) return;
    // A button in focus is pressed by the space bar, as everywhere.
    if (event.key === " " && event.target.closest("button, a")) return;
    const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
