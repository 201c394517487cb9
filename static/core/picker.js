// Lists to pick from: type to narrow; who is lead cannot assist.
function narrow(picker, text) {
  const wanted = text.trim().toLowerCase();
  let shown = 0;
  let group = null;
  let inGroup = 0;
  const close = () => group && (group.hidden = inGroup === 0);
  for (const node of picker.querySelectorAll(".pick, [data-group]")) {
    if (node.matches("[data-group]")) {
      close();
      group = node;
      inGroup = 0;
      continue;
    }
    const hit = !wanted || node.dataset.search.toLowerCase().includes(wanted) || node.querySelector("input").checked;
    node.hidden = !hit;
    shown += hit;
    inGroup += hit;
  }
  close();
  picker.querySelector("[data-picker-none]").hidden = shown > 0;
}

function exclude(form) {
  for (const picker of form.querySelectorAll("[data-excludes]")) {
    const taken = form.querySelector(`[name="${picker.dataset.excludes}"]:checked`)?.value;
    for (const input of picker.querySelectorAll(".pick input")) {
      input.disabled = input.value === taken;
      if (input.disabled) input.checked = false;
    }
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-picker-find]")) narrow(event.target.closest("[data-picker]"), event.target.value);
});
document.addEventListener("change", (event) => event.target.form && exclude(event.target.form));
document.addEventListener("lianqin:opened", (event) => {
  const form = event.target.querySelector("form");
  if (form) exclude(form);
  for (const list of event.target.querySelectorAll(".picker-list")) {
    const pick = list.querySelector("input:checked")?.closest(".pick");
    if (pick) list.scrollTop = pick.offsetTop - list.offsetTop - list.clientHeight / 3;
  }
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-auto-submit]");
  if (form) form.requestSubmit();
});
