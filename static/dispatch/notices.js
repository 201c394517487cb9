// The list of notices: mark as read one by one, many or all; take note of a document; follow the stream. J and K move,
// X picks, Enter opens.
import { fragment, post } from "../core/api.js";
import { toast } from "../core/toast.js";

let waiting = 0;

const rows = () => [...document.querySelectorAll("[data-notice]")];
const picked = () => [...document.querySelectorAll("[data-pick]:checked")].map((box) => Number(box.dataset.pick));

function tellPicked() {
  const button = document.querySelector("[data-read-picked]");
  if (!button) return;
  const number = picked().length;
  button.hidden = !number;
  button.querySelector("[data-picked-count]").textContent = String(number);
}

// What was picked and where one stands stay as the list moves.
async function refresh() {
  waiting = 0;
  try {
    const incoming = new DOMParser().parseFromString(await fragment(window.location.href), "text/html").querySelector("[data-part=notices]");
    const here = document.querySelector("[data-part=notices]");
    if (!incoming || !here) return;
    const kept = new Set(picked());
    const stood = document.activeElement?.closest?.("[data-notice]")?.dataset.notice;
    here.replaceChildren(...incoming.childNodes);
    for (const box of here.querySelectorAll("[data-pick]")) box.checked = kept.has(Number(box.dataset.pick));
    tellPicked();
    if (stood) here.querySelector(`[data-notice="${stood}"]`)?.focus();
    document.dispatchEvent(new CustomEvent("lianqin:notices"));
  } catch {
    // The next event tries again.
  }
}

async function act(url, data) {
  try {
    await post(url, data);
  } catch (problem) {
    toast(problem.message, { tone: "critical" });
  }
  await refresh();
}

document.addEventListener("click", (click) => {
  const target = click.target.closest("[data-read], [data-read-all], [data-read-picked], [data-acknowledge], [data-read-on-open]");
  if (!target) return;
  const { read, readAll, acknowledge, readOnOpen } = target.dataset;
  if (readOnOpen) {
    // The page goes away while this is under way; what is lost stays unread.
    post(`/api/v1/notices/${readOnOpen}/read/`, {}).catch(() => {});
    return;
  }
  target.disabled = true;
  if (read) act(`/api/v1/notices/${read}/read/`, {});
  if ("readPicked" in target.dataset) act("/api/v1/notices/read/", { ids: picked() });
  if (readAll) act("/api/v1/notices/read/", { until: Number(readAll) });
  if (acknowledge) act(`/api/v1/supervision-orders/${acknowledge}/acknowledge/`, {});
});

document.addEventListener("change", (change) => {
  if (change.target.matches("[data-pick-all]")) {
    for (const box of document.querySelectorAll("[data-pick]")) box.checked = change.target.checked;
  }
  if (change.target.matches("[data-pick-all], [data-pick]")) tellPicked();
});

document.addEventListener("keydown", (press) => {
  if (press.ctrlKey || press.metaKey || press.altKey || press.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]")) return;
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest?.("[data-notice]"));
  const key = press.key.toLowerCase();
  if (key === "j" || key === "k") {
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    press.preventDefault();
  } else if (at >= 0 && key === "x") {
    all[at].querySelector("[data-pick]")?.click();
    press.preventDefault();
  } else if (press.key === "Enter" && document.activeElement === all[at]) {
    all[at]?.querySelector(".row-link")?.click();
  }
});

// Orders change what a line says; its own news is there when it is written.
for (const [news, wait] of [["lianqin:order", 1200], ["lianqin:reset", 1200], ["lianqin:notice", 200]]) {
  document.addEventListener(news, () => {
    if (!waiting) waiting = setTimeout(refresh, wait);
  });
}
