// Lists with boxes to tick: how many are chosen, all of a page at once, buttons that need one.
function count(form) {
  const boxes = [...form.querySelectorAll("[data-tick]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const told = form.querySelector("[data-tick-count]");
  told.dataset.rest ??= told.textContent;
  told.textContent = chosen ? `${told.dataset.word} ${chosen}` : told.dataset.rest;
  for (const button of form.querySelectorAll("[data-needs-tick]")) button.disabled = !chosen;
  const all = form.querySelector("[data-tick-all]");
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
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
