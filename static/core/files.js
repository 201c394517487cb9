// Files chosen in data-files fields: previews, removal, drag and drop, a limit.
import { toast } from "./toast.js";
import { word } from "./words.js";

const chosen = new Map();
const MEGABYTE = 1024 * 1024;
const mostOf = (file) => (file.type.startsWith("video/") ? 50 : 10);

export function chosenFiles(form) {
  return [...form.querySelectorAll("[data-files]")].flatMap((field) =>
    (chosen.get(field) ?? []).map((item) => ({ ...item, stage: field.dataset.stage || "note" })),
  );
}

export function forgetFiles(form) {
  for (const field of form.querySelectorAll("[data-files]")) {
    for (const item of chosen.get(field) ?? []) URL.revokeObjectURL(item.address);
    chosen.delete(field);
    field.querySelector("[data-previews]").replaceChildren();
  }
}

function preview(field, file) {
  const address = URL.createObjectURL(file);
  const box = document.createElement("figure");
  box.className = "picture";
  if (file.type.startsWith("image/")) {
    const image = new Image();
    image.src = address;
    image.alt = file.name;
    box.append(image);
  } else {
    box.classList.add("picture-file");
    box.append(Object.assign(document.createElement("span"), { className: "clip", textContent: file.name }));
  }
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "picture-remove", textContent: "×" });
  remove.setAttribute("aria-label", word("remove", { name: file.name }));
  const item = { box, file, address };
  remove.addEventListener("click", () => {
    URL.revokeObjectURL(address);
    chosen.set(field, (chosen.get(field) ?? []).filter((other) => other !== item));
    box.remove();
  });
  box.append(remove);
  field.querySelector("[data-previews]").append(box);
  chosen.set(field, [...(chosen.get(field) ?? []), item]);
}

function take(field, files) {
  const most = Number(field.dataset.max || 9);
  for (const file of files) {
    if ((chosen.get(field) ?? []).length >= most) return toast(word("files_most", { most }), { tone: "critical" });
    if (file.size > mostOf(file) * MEGABYTE) toast(word("file_large", { name: file.name, most: mostOf(file) }), { tone: "critical" });
    else preview(field, file);
  }
}

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-files]");
  if (!field || event.target.type !== "file") return;
  take(field, event.target.files);
  event.target.value = "";
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.(".drop");
    if (!drop) return;
    event.preventDefault();
    drop.toggleAttribute("data-over", kind === "dragover");
    if (kind === "drop") take(drop.closest("[data-files]"), event.dataTransfer.files);
  });
}
