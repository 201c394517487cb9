// One whistle: answer and arrive in two taps. A key per intention, so that a tap on a poor network counts once.
import { newKey, post } from "../core/api.js";
import { forgetDraft, restoreDrafts } from "../core/drafts.js";
import { followNews } from "../core/live.js";
import { showMaps } from "../core/map/index.js";
import { word } from "../core/words.js";

const trouble = document.querySelector("[data-trouble]");
const keys = new Map();

function says(text) {
  trouble.hidden = !text;
  trouble.querySelector("[data-trouble-says]").textContent = text;
  if (text) trouble.scrollIntoView({ block: "nearest" });
}

async function send(url, data, button) {
  const intention = JSON.stringify([url, data]);
  if (!keys.has(intention)) keys.set(intention, newKey());
  button.disabled = true;
  try {
    await post(url, data, keys.get(intention));
    location.reload();
  } catch (problem) {
    button.disabled = false;
    if (problem.status !== 0) keys.delete(intention);
    const [first] = Object.values(problem.fields).flat();
    says(problem.status === 0 ? word("whistle_offline") : first || problem.message);
  }
}

function position() {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) return failed();
    return navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, maximumAge: 0, timeout: 15_000 });
  });
}

async function arrive(button) {
  says("");
  button.disabled = true;
  const label = button.lastChild.textContent;
  button.lastChild.textContent = word("whistle_locating");
  try {
    const { coords } = await position();
    await send(button.dataset.arrive, { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy ?? 0 }, button);
  } catch {
    says(word("whistle_refused"));
    button.disabled = false;
  }
  button.lastChild.textContent = label;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-arrive]");
  if (button) arrive(button);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (form) {
    event.preventDefault();
    says("");
    send(form.dataset.send, { minutes: Number(event.submitter.value) }, event.submitter);
  } else if (event.target.matches("form[data-draft]")) {
    forgetDraft(event.target);
  }
});
followNews({ every: 20_000 });
restoreDrafts(document);
showMaps(document);
