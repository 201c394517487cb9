// The list of notices: mark as read, take note of a document, follow the stream.
import { fragment, post } from "../core/api.js";
import { toast } from "../core/toast.js";

let waiting = 0;

async function refresh() {
  waiting = 0;
  try {
    const incoming = new DOMParser().parseFromString(await fragment(window.location.href), "text/html").querySelector("[data-part=notices]");
    const here = document.querySelector("[data-part=notices]");
    if (incoming && here) here.replaceChildren(...incoming.childNodes);
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
  const target = click.target.closest("[data-read], [data-read-all], [data-acknowledge], [data-read-on-open]");
  if (!target) return;
  const { read, readAll, acknowledge, readOnOpen } = target.dataset;
  if (readOnOpen) {
    // The page goes away while this is under way; what is lost stays unread.
    post(`/api/v1/notices/${readOnOpen}/read/`, {}).catch(() => {});
    return;
  }
  target.disabled = true;
  if (read) act(`/api/v1/notices/${read}/read/`, {});
  if (readAll) act("/api/v1/notices/read/", { until: Number(readAll) });
  if (acknowledge) act(`/api/v1/supervision-orders/${acknowledge}/acknowledge/`, {});
});

for (const news of ["lianqin:order", "lianqin:reset"]) {
  document.addEventListener(news, () => {
    // Notices are written after the news has left.
    if (!waiting) waiting = setTimeout(refresh, 1200);
  });
}
