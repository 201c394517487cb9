// The page of duty: share where one is until the shift ends. Given freely; switched off, it is erased at once.
import { newKey, post } from "../core/api.js";
import { followNews } from "../core/live.js";
import { toast } from "../core/toast.js";

const ADDRESS = "/api/v1/positions/";
const APART = 25_000; // The server takes one in twenty seconds.
const box = document.querySelector("[data-share]");
let watching = null;
let sentAt = 0;

function says(key, more = "") {
  const text = document.querySelector("[data-share-words]").content.querySelector(`[data-says=${key}]`).textContent;
  box.querySelector("[data-share-says]").textContent = more ? `${text} ${more}` : text;
}

async function send({ coords }) {
  if (Date.now() >= new Date(box.dataset.until).getTime()) {
    stop();
    return says("over");
  }
  if (Date.now() - sentAt < APART) return;
  sentAt = Date.now();
  try {
    await post(ADDRESS, { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.min(coords.accuracy ?? 0, 100_000) });
    says("on", new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" }));
  } catch (problem) {
    if (problem.status === 403) {
      stop();
      says("over");
    } else if (problem.status !== 429) {
      toast(problem.message, { tone: "critical" });
    }
  }
}

function stop() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
  box.querySelector("[data-share-switch]").checked = false;
}

// Somebody tried: an error is told. Taken up again by itself (``quiet``), the page stays as it was.
function start(quiet = false) {
  if (!quiet) says("seeking");
  const refused = ({ code, PERMISSION_DENIED }) => {
    if (code === PERMISSION_DENIED) {
      stop();
      says("refused");
    } else if (!quiet) {
      says("missing");
    }
  };
  watching = navigator.geolocation.watchPosition(send, refused, { enableHighAccuracy: true, maximumAge: 10_000, timeout: 20_000 });
}

// What is shared already goes on from here only where the browser need not ask: it may come from another device.
async function resume() {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (permission?.state === "granted" && watching === null) start(true);
}

async function erase() {
  stop();
  const token = document.querySelector('meta[name="csrf-token"]').content;
  await fetch(ADDRESS, { method: "DELETE", credentials: "same-origin", headers: { "X-CSRFToken": token, "Idempotency-Key": newKey() } });
  says("off");
}

if (box && navigator.geolocation) {
  box.hidden = false;
  const toggle = box.querySelector("[data-share-switch]");
  toggle.checked = "shared" in box.dataset; // Some browsers bring back how it stood before.
  toggle.addEventListener("change", () => (toggle.checked ? start() : erase()));
  if (toggle.checked) resume();
}
followNews();
document.addEventListener("click", (event) => {
  if (event.target.closest('a[href="#leave"]')) document.getElementById("leave").open = true;
});
