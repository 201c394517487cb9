import { toast } from "../core/toast.js";

// Lists with boxes to tick: how many are chosen, all of a page at once, buttons that need one.
function count(form) {
  const boxes = [...form.querySelectorAll("[data-tick]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const told = form.querySelector("[data-tick-count]");
  told.dataset.rest ??= told.textContent;
  told.textContent = chosen ? `${told.dataset.word} ${chosen}` : told.dataset.rest;
  for (const button of form.querySelectorAll("[data-needs-tick]")) button.disabled = !chosen;
  for (const all of form.querySelectorAll("[data-tick-all]")) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

for (const form of document.querySelectorAll("[data-tick-form]")) {
  if (!form.querySelector("[data-tick-count]")) continue;
  count(form);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      for (const box of form.querySelectorAll("[data-tick]")) box.checked = event.target.checked;
    }
    count(form);
  });
}

// A sheet that is downloaded leaves the page as it was: say that it was made. A refusal waits on the page.
for (const button of document.querySelectorAll("button[data-download]")) {
  button.form.addEventListener("submit", async (event) => {
    if (event.submitter !== button) return;
    event.preventDefault();
    const sent = new FormData(button.form);
    sent.append(button.name, button.value);
    button.disabled = true;
    const answer = await fetch(button.form.action, { method: "POST", body: sent, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return location.reload();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = button.dataset.download;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    button.disabled = false;
    toast(button.dataset.done, { tone: "ok", seconds: 0 });
  });
}

// Fields that are filled in from a list: the grids are on the page, people are looked up while one types.
for (const list of document.querySelectorAll("datalist[data-fields]")) {
  for (const name of list.dataset.fields.split(" ")) {
    const field = document.getElementById(`field-${name}`);
    field?.setAttribute("list", list.id);
    if (field && list.dataset.candidates) suggest(field, list);
  }
}

function suggest(field, list) {
  let waiting = 0;
  let latest = 0;
  const look = async () => {
    const sought = field.value.trim();
    if (sought.length < 1) return;
    const turn = ++latest;
    const answer = await fetch(`${list.dataset.candidates}?q=${encodeURIComponent(sought)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || turn !== latest) return;
    const people = (await answer.json()).results.slice(0, 20);
    list.replaceChildren(...people.map((person) => new Option(`${person.full_name} ${person.username} ${person.phone}`, person.username)));
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 180);
  });
}
