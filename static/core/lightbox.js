// Pictures marked data-picture open in one window; arrows turn the pages of their group.
import { word } from "./words.js";

let group = [];
let here = 0;
const glyph = (text, label) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  button.setAttribute("aria-label", label);
  return button;
};

function build() {
  const box = Object.assign(document.createElement("dialog"), { className: "lightbox" });
  const image = new Image();
  const caption = document.createElement("p");
  const [back, on, close] = [glyph("\u2039", word("previous")), glyph("\u203a", word("next")), glyph("\u00d7", word("close"))];
  back.className = "lightbox-back";
  on.className = "lightbox-on";
  close.className = "lightbox-close";
  back.addEventListener("click", () => turn(-1));
  on.addEventListener("click", () => turn(1));
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
  });
  box.append(image, caption, back, on, close);
  document.body.append(box);
  return box;
}

let box = null;
function turn(by) {
  here = (here + by + group.length) % group.length;
  const link = group[here];
  const image = box.querySelector("img");
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  box.querySelector("p").textContent = group.length > 1 ? `${image.alt} \u00b7 ${here + 1} / ${group.length}` : image.alt;
  for (const button of box.querySelectorAll(".lightbox-back, .lightbox-on")) button.hidden = group.length < 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-picture]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  box ??= build();
  group = [...link.closest(".pictures").querySelectorAll("a[data-picture]")];
  here = group.indexOf(link);
  turn(0);
  box.showModal();
});
