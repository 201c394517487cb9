// The order moved on under an open form: list what happened, and let the user go on from there with one click.
const known = () => Math.max(0, ...[...document.querySelectorAll("[data-part=order] [data-seq]")].map((row) => Number(row.dataset.seq)));

export function tellNews(dialog, incoming) {
  const box = dialog.querySelector("[data-conflict]");
  const mine = dialog.querySelector("[name=version]");
  if (!box || !mine) return;
  const twin = incoming.querySelector(`#${CSS.escape(dialog.id)} [name=version]`);
  const seen = Number(dialog.dataset.seen ?? known());
  dialog.dataset.seen = seen;
  if (twin?.value === mine.value && box.hidden) return;
  // The timeline has moved into the page already, unless something there was in use.
  const rows = [...document.querySelectorAll("[data-part=order] [data-seq]"), ...incoming.querySelectorAll("[data-seq]")];
  const news = [...new Map(rows.map((row) => [row.dataset.seq, row])).values()].filter((row) => Number(row.dataset.seq) > seen);
  box.querySelector("[data-conflict-news]").replaceChildren(
    ...news.map((row) => Object.assign(document.createElement("li"), { textContent: `${row.querySelector("time").textContent} ${row.querySelector(".event-text").textContent.trim()}` })),
  );
  box.dataset.version = twin?.value ?? "";
  box.querySelector("[data-conflict-gone]").hidden = Boolean(twin);
  for (const part of box.querySelectorAll("[data-conflict-still], [data-conflict-go]")) part.hidden = !twin;
  box.hidden = false;
  dialog.querySelector("[data-submit]").disabled = true;
}

document.addEventListener("click", (event) => {
  const go = event.target.closest("[data-conflict-go]");
  if (!go) return;
  const box = go.closest("[data-conflict]");
  const dialog = box.closest("dialog");
  if (box.dataset.version) dialog.querySelector("[name=version]").value = box.dataset.version;
  dialog.dataset.seen = known();
  box.hidden = true;
  const button = dialog.querySelector("[data-submit]");
  button.disabled = false;
  button.focus();
});
document.addEventListener("lianqin:opened", (event) => {
  event.target.dataset.seen = known();
});
