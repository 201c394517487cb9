// The page of saved filters: put in sequence, share, remove; what is removed asks once more.
import { patch, post, remove } from "../core/api.js";
import { toast } from "../core/toast.js";

const API = "/api/v1/saved-filters/";
const rows = () => [...document.querySelectorAll("[data-own]")];

async function act(call) {
  try {
    await call();
    window.location.reload();
  } catch (problem) {
    toast(problem.message, { tone: "critical" });
  }
}

async function move(row, by) {
  const all = rows();
  const to = all.indexOf(row) + by;
  if (to < 0 || to >= all.length) return;
  by < 0 ? all[to].before(row) : all[to].after(row);
  row.querySelector(`[data-move="${by}"]`).focus();
  try {
    await post(`${API}arrange/`, { filters: rows().map((each) => Number(each.dataset.filter)) });
  } catch (problem) {
    toast(problem.message, { tone: "critical" });
  }
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-filter]");
  const button = row && event.target.closest("button");
  if (!button) return;
  const address = `${API}${row.dataset.filter}/`;
  if (button.dataset.move) return move(row, Number(button.dataset.move));
  if (button.dataset.share) return act(() => patch(address, { shared: button.dataset.share === "true" }));
  if (!("armed" in button.dataset)) {
    button.dataset.armed = "";
    button.querySelector("span").textContent = button.dataset.sure;
    return;
  }
  act(() => remove(address));
});
