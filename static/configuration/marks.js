// Marks are entered from the keyboard: Enter goes to the same column of the next row instead of sending the table.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-marks] tbody input");
  if (!field || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const row = field.closest("tr");
  const column = [...row.querySelectorAll("input:not([type=hidden])")].indexOf(field);
  const next = event.shiftKey ? row.previousElementSibling : row.nextElementSibling;
  const target = next ? [...next.querySelectorAll("input:not([type=hidden])")][column] : field.form.querySelector("button.button-primary");
  target?.focus();
  target?.select?.();
});
