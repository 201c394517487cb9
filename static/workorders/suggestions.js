// Whom to send the order to: what is chosen beside it is chosen in the form and named on its buttons.
const picked = new Map();
const number = () => document.querySelector("[data-part=order] [data-order]")?.dataset.order ?? "";
const lines = () => [...document.querySelectorAll("[data-suggestion]")];
const leads = () => [...document.querySelectorAll('form[data-form="dispatch"] input[name="lead"]')];

function name(text) {
  for (const label of document.querySelectorAll("[data-lead-name]")) label.textContent = label.dataset.leadName.replace("%s", text);
}

function show(code) {
  for (const line of lines()) line.setAttribute("aria-checked", String(line.dataset.suggestion === code));
  const line = lines().find((each) => each.dataset.suggestion === code);
  const lead = leads().find((each) => each.value === code);
  const text = line?.dataset.name ?? lead?.closest("label").querySelector(".pick-name").textContent;
  if (text) name(text);
}

// Show again what was chosen for the open order, after the page has redrawn itself.
export function choose(code = picked.get(number())) {
  if (!code) return;
  const lead = leads().find((each) => each.value === code);
  if (!lead) return;
  picked.set(number(), code);
  lead.checked = true;
  lead.dispatchEvent(new Event("change", { bubbles: true }));
  show(code);
}

document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-suggestion]");
  if (line) choose(line.dataset.suggestion);
  const merge = event.target.closest("[data-fill-master]");
  const master = merge && document.querySelector('form[data-form="merge"] [name="master"]');
  if (master) master.value = merge.dataset.fillMaster;
});
document.addEventListener("change", (event) => {
  if (!event.target.matches?.('form[data-form="dispatch"] input[name="lead"]') || !event.target.checked) return;
  picked.set(number(), event.target.value);
  show(event.target.value);
});
