// The bell of the header: how many notices are unread, red when a grave one is among them, and the latest five on a click.
import { get, post } from "../core/api.js";
import { word } from "../core/words.js";

const LATEST = 5;
const bell = document.querySelector("[data-bell]");
const menu = document.querySelector("[data-bell-menu]");
const list = menu?.querySelector("[data-bell-list]");
let waiting = 0;

async function ring() {
  waiting = 0;
  try {
    const { unread, gravity, results } = await get(`/api/v1/notices/?limit=${LATEST}`);
    const mark = bell.querySelector("[data-bell-count]");
    mark.hidden = !unread;
    mark.textContent = unread > 99 ? "99+" : String(unread);
    bell.dataset.gravity = gravity ?? "";
    bell.setAttribute("aria-label", unread ? word("unread", { n: unread }) : bell.title);
    if (list) fill(results);
  } catch {
    // The next news tries again.
  }
}

function line(notice) {
  const link = document.createElement("a");
  link.className = notice.read_at ? "bell-line" : "bell-line bell-unread";
  link.href = notice.url || (notice.order ? `/orders/${encodeURIComponent(notice.order)}/` : bell.href);
  const tag = document.createElement("span");
  tag.className = `tag ${{ critical: "tag-critical", warn: "tag-warn" }[notice.gravity] ?? "tag-primary"}`;
  tag.textContent = notice.kind_label;
  const text = document.createElement("span");
  text.className = "bell-text";
  text.textContent = notice.text;
  const about = document.createElement("span");
  about.className = "meta";
  const at = new Date(notice.created_at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  about.textContent = [at, notice.title].filter(Boolean).join(" · ");
  link.append(tag, text, about);
  // The page goes away while this is under way; what is lost stays unread.
  if (!notice.read_at) link.addEventListener("click", () => post(`/api/v1/notices/${notice.id}/read/`, {}).catch(() => {}));
  return link;
}

function fill(notices) {
  const held = list.contains(document.activeElement);
  list.replaceChildren(...notices.map(line));
  list.parentElement.querySelector("[data-bell-empty]").hidden = notices.length > 0;
  if (held) list.querySelector("a")?.focus();
}

function show(open) {
  menu.hidden = !open;
  bell.setAttribute("aria-expanded", String(open));
}

function soon(wait) {
  if (bell && !waiting) waiting = setTimeout(ring, wait);
}

if (bell && menu) {
  bell.setAttribute("aria-expanded", "false");
  bell.setAttribute("aria-controls", menu.id);
  bell.addEventListener("click", (click) => {
    if (click.ctrlKey || click.metaKey || click.shiftKey) return;
    click.preventDefault();
    show(menu.hidden);
  });
  document.addEventListener("click", (click) => {
    if (!menu.hidden && !menu.contains(click.target) && !bell.contains(click.target)) show(false);
  });
  document.addEventListener("keydown", (press) => {
    if (press.key !== "Escape" || menu.hidden) return;
    show(false);
    bell.focus();
  });
  menu.addEventListener("focusout", (leave) => {
    if (leave.relatedTarget && !menu.contains(leave.relatedTarget) && leave.relatedTarget !== bell) show(false);
  });
}

soon(0);
// Notices are written after the news has left.
for (const news of ["lianqin:order", "lianqin:reset"]) document.addEventListener(news, () => soon(2500));
for (const news of ["lianqin:notice", "lianqin:notices"]) document.addEventListener(news, () => soon(100));
