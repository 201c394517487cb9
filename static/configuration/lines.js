// Lines of a list, changed where they stand. Each step is an address of the page: with script only what differs is exchanged.
const page = () => document.querySelector(".config-page");
const told = (form) => (form ? new URLSearchParams(new FormData(form)).toString() : "");
let begun = told(document.querySelector("[data-line]"));

function settle(address) {
  begun = told(document.querySelector("[data-line]"));
  const edit = document.querySelector("[data-line-edit]");
  const field = edit?.querySelector(".line-bad") ?? edit?.querySelector("[autofocus]");
  const row = address.hash.startsWith("#i-") ? document.querySelector(`${address.hash} [data-line-open]`) : null;
  (field ?? row)?.focus({ preventScroll: true });
  field?.select?.();
  (edit ?? row?.closest("tr"))?.scrollIntoView({ block: "nearest" });
}

async function show(address, options = {}, mark = "") {
  const asked = new URL(address, location.href);
  let answer;
  try {
    answer = await fetch(asked, { credentials: "same-origin", ...options });
  } catch {
    return false;
  }
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".config-page");
  // Signed out, or shut: the whole page says so.
  if (!found) return false;
  const opened = new Set([...page().querySelectorAll("details[open] > summary")].map((node) => node.parentElement.className));
  page().replaceWith(found);
  for (const details of found.querySelectorAll("details")) details.open ||= opened.has(details.className);
  const now = new URL(answer.url);
  now.hash ||= mark || asked.hash;
  history.replaceState(null, "", now);
  settle(now);
  return true;
}

async function go(address) {
  if (!(await show(address))) location.assign(address);
}

function leave(edit) {
  const link = edit.querySelector("[data-line-leave]");
  if (told(document.querySelector("[data-line]")) !== begun && !window.confirm(link.dataset.lineLeave)) return;
  go(link.href);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line-open], [data-line-leave]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const edit = document.querySelector("[data-line-edit]");
  if (link.matches("[data-line-leave]")) leave(edit);
  else if (!edit || told(document.querySelector("[data-line]")) === begun || window.confirm(edit.querySelector("[data-line-leave]").dataset.lineLeave)) go(link.href);
});
document.addEventListener("dblclick", (event) => {
  const row = event.target.closest?.("tr");
  if (!row?.id.startsWith("i-")) return;
  window.getSelection()?.removeAllRanges();
  row.querySelector("[data-line-open]")?.click();
});
document.addEventListener("keydown", (event) => {
  const edit = event.target.closest?.("[data-line-edit]");
  if (!edit || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    leave(edit);
  } else if (event.key === "Enter" && event.target.matches("select")) {
    event.preventDefault();
    document.querySelector("[data-line]").requestSubmit(edit.querySelector("[data-line-save]"));
  }
}, true);
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-line]") || event.defaultPrevented) return;
  event.preventDefault();
  const body = new FormData(form);
  const button = document.querySelector("[data-line-save]");
  button.disabled = true;
  if (await show(location.href, { method: "POST", body }, body.has("item") ? `#i-${body.get("item")}` : "#line-edit")) return;
  button.disabled = false;
  form.submit();
});
if (document.querySelector("[data-line-edit]")) settle(new URL(location.href));
