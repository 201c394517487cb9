// data-open-dialog="id" opens a dialog, data-close-dialog closes it; menus close when one leaves them.
export function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.removeAttribute("open"));
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("lianqin:opened", { bubbles: true }));
  // What still has to be filled in comes first, then what is chosen already, so that Enter and digits work at once.
  const fields = [...dialog.querySelectorAll(".dialog-body :is(textarea, input:not([type=hidden]):not([type=file]), select)")];
  const first = fields.find((field) => field.required && !field.value) ?? fields.find((field) => field.type === "radio" && field.checked) ?? fields[0];
  if (first && matchMedia("(min-width: 761px)").matches) first.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) return open(opener.dataset.openDialog);
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
