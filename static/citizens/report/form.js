// The report page with a script: a draft that survives, a queue for what no network takes, one report for one key.
import "./queue.js";
import { word } from "../../core/words.js";
import { Files } from "./files.js";
import { showKept } from "./kept.js";
import { bindNear } from "./near.js";
import { bindVoice } from "./voice.js";
import { bindWhere } from "./where.js";

const NAMES = ["words", "address", "lon", "lat", "category", "client_key"];
const store = self.lianqinQueue;
const form = document.querySelector("[data-report]");
const url = form.getAttribute("action");
const button = form.querySelector("[data-send]");
const offline = document.querySelector("[data-offline]");
const fields = () => Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value]));

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let writing = 0;
function keep() {
  clearTimeout(writing);
  writing = setTimeout(() => store.put("drafts", "draft", { fields: fields(), files: files.list }).catch(() => {}), 250);
}

const files = new Files(form, keep);
const where = bindWhere(form, () => {
  keep();
  near.look();
});
const near = bindNear(form, where, (receipt, name) => finish({ ...receipt, at: Date.now(), title: name }));
bindVoice(form, files);
form.addEventListener("input", keep);
form.addEventListener("change", keep);

function put(draft) {
  for (const name of NAMES) form.elements[name].value = draft.fields[name] ?? "";
  files.set(draft.files ?? []);
  near.show();
  if (form.elements.lon.value) where.say(word("place_set"));
}

async function empty() {
  clearTimeout(writing);
  form.reset();
  put({ fields: { client_key: newKey() }, files: [] });
  where.say("");
  form.querySelector("[data-near-box]").hidden = true;
  form.querySelector("[data-kind]").open = false;
  form.querySelector(".where-map").hidden = true;
  form.querySelector("[data-open-map]").setAttribute("aria-expanded", "false");
  await store.drop("drafts", "draft").catch(() => {});
}

function wrong(name, text) {
  const field = form.querySelector(`[data-field="${name}"]`) ?? form.querySelector('[data-field="address"]');
  const told = field.querySelector(".wrong");
  told.textContent = text;
  told.hidden = !text;
  field.classList.toggle("field-wrong", Boolean(text));
  if (text) field.scrollIntoView({ block: "center" });
}

function isWhole() {
  const { words, address, lon } = form.elements;
  const faults = { words: words.value.trim().length < 2 ? word("need_words") : "", address: address.value.trim() || lon.value ? "" : word("need_place") };
  for (const [name, text] of Object.entries(faults)) wrong(name, text);
  form.querySelector(".field-wrong :is(textarea, input:not([type=hidden]))")?.focus();
  return !Object.values(faults).some(Boolean);
}

async function finish(receipt) {
  await store.put("sent", receipt.code, receipt).catch(() => {});
  await empty();
  location.assign(receipt.link);
}

function busy(is) {
  button.setAttribute("aria-busy", String(is));
  button.disabled = is;
}

function say(text) {
  const box = document.querySelector("[data-sent]");
  box.replaceChildren(Object.assign(document.createElement("p"), { className: "note note-ok", textContent: text }));
  box.hidden = false;
  box.focus();
}

async function wait(report, offlineNow) {
  try {
    await store.put("queue", report.fields.client_key, report);
  } catch {
    wrong("files", word("not_kept"));
    return;
  }
  await empty();
  say(word(offlineNow ? "kept" : "busy"));
  await show();
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("reports").catch(() => {});
}

form.noValidate = true;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled || !isWhole()) return;
  busy(true);
  const report = { fields: fields(), files: files.list, at: Date.now() };
  try {
    // Kept before the first try: a page that is closed meanwhile loses nothing.
    await store.put("queue", report.fields.client_key, report).catch(() => {});
    const told = await store.send(url, report);
    if (told.state === "sent") await finish(told.receipt);
    else if (told.state === "later") await wait(report, told.offline);
    else {
      await store.drop("queue", report.fields.client_key).catch(() => {});
      for (const [name, texts] of Object.entries(told.errors)) wrong(name, texts.join("；"));
    }
  } finally {
    busy(false);
  }
});

const show = () => showKept({ send: sendWaiting, edit }).catch(() => {});

async function edit(report) {
  put(report);
  await store.drop("queue", report.fields.client_key);
  keep();
  await show();
  form.elements.words.focus();
}

async function sendWaiting() {
  if (navigator.onLine === false) return;
  const { sent } = await store.sendAll(url).catch(() => ({ sent: [] }));
  if (sent.length) say(word("sent"));
  await show();
}

function network() {
  offline.hidden = navigator.onLine !== false;
}

window.addEventListener("online", () => {
  network();
  sendWaiting();
});
window.addEventListener("offline", network);
navigator.serviceWorker?.addEventListener("message", show);

network();
// A page from the worker's store carries the key of another report.
const asked = form.querySelector(".note-error") ? null : await store.get("drafts", "draft").catch(() => null);
if (asked?.fields) put(asked);
else if (!form.querySelector(".note-error")) form.elements.client_key.value = newKey();
await sendWaiting();
await show();
navigator.serviceWorker?.register(form.dataset.worker, { scope: form.dataset.scope }).catch(() => {});
