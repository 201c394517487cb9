// Drop a file, see its name; follow a running import; ask before what cannot be taken lightly.
const drop = document.querySelector("[data-drop]");
if (drop) {
  const input = drop.querySelector("input");
  const name = drop.querySelector("[data-drop-name]");
  const show = () => { if (input.files[0]) name.textContent = input.files[0].name; };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, () => { drop.dataset.over = ""; });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => { delete drop.dataset.over; });
  document.querySelector("[data-import-form]")?.addEventListener("submit", (event) => {
    event.submitter?.setAttribute("aria-busy", "true");
  });
}

for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => { if (!window.confirm(button.dataset.confirm)) event.preventDefault(); });
}

const PAUSE = 800;
const running = document.querySelector("[data-import-progress]");
async function follow() {
  const bar = running.querySelector("progress");
  const text = running.querySelector("[data-progress-text]");
  try {
    const answer = await fetch(running.dataset.importProgress, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (answer.ok) {
      const seen = await answer.json();
      if (!seen.running) return window.location.reload();
      if (seen.total) {
        bar.max = seen.total;
        bar.value = seen.done;
        text.textContent = `${seen.done} / ${seen.total}`;
      }
    }
  } catch {
    // The network is away for a moment: ask again.
  }
  return setTimeout(follow, PAUSE);
}
if (running) follow();
