// Before many orders go out: each with its own department and the rule for it; who has none is left out and says why.
import { get } from "../core/api.js";
import { open } from "../core/dialog.js";

const dialog = () => document.getElementById("batch-plan");
const fill = (node, text) => (node.textContent = node.dataset.words ? node.dataset.words.replace(/\{\w+\}/, text) : text);
let proposals = [];
let confirmed = () => {};

function line(proposal) {
  const item = dialog().querySelector("[data-plan-line]").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-plan-${name}]`);
  item.dataset.plan = proposal.number;
  fill(part("title"), proposal.title);
  item.querySelector(".unseen").textContent = proposal.title;
  fill(part("reason"), proposal.why_not || proposal.reason);
  fill(part("lead"), proposal.lead_name);
  if (proposal.assist_names) fill(part("assists"), proposal.assist_names);
  part("registers").hidden = !(proposal.registers && proposal.lead);
  if (proposal.conditions.length) {
    fill(part("conditions"), proposal.conditions.join("；"));
    part("conditions").hidden = false;
  }
  part("check").value = proposal.number;
  part("check").checked = Boolean(proposal.lead);
  part("check").disabled = !proposal.lead;
  item.classList.toggle("plan-out", !proposal.lead);
  return item;
}

function count() {
  const box = dialog();
  const number = box.querySelectorAll("[data-plan-check]:checked").length;
  const told = box.querySelector("[data-plan-told]");
  told.textContent = told.dataset.words.replace("{n}", number).replace("{left}", proposals.length - number);
  const button = box.querySelector("[data-plan-go]");
  button.disabled = number === 0;
  button.querySelector("span").textContent = button.dataset.words.replace("{n}", number);
  return button;
}

function items() {
  const ticked = new Set([...dialog().querySelectorAll("[data-plan-check]:checked")].map((box) => box.value));
  return proposals
    .filter((each) => ticked.has(each.number))
    .map(({ number, lead, assists, version, registers }) => ({ number, lead, assists, version, ...(registers && { conditions_confirmed: true }) }));
}

// Show to whom each would go; ``then`` is called with what is confirmed, exactly as it was shown.
export async function plan(numbers, then) {
  const query = new URLSearchParams(numbers.map((number) => ["number", number]));
  proposals = await get(`/api/v1/work-orders/batch/dispatch/?${query}`);
  confirmed = then;
  dialog().querySelector("ul[data-plan]").replaceChildren(...proposals.map(line));
  const button = count();
  open("batch-plan");
  (button.disabled ? dialog().querySelector("[data-close-dialog]") : button).focus();
}

document.addEventListener("change", (event) => event.target.matches?.("[data-plan-check]") && count());
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-plan-go]");
  if (button && button.getAttribute("aria-busy") !== "true") confirmed(items(), button);
});
