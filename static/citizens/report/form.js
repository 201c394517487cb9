// The report page with a script: a draft that survives, a queue for what no network takes, one report for one key.
import "./queue.js";
import { word } from "../../core/words.js";
import { tellArrived } from "./given.js";

const NAMES = ["words", "address", "lon", "lat", "category", "guessed", "client_key", "proof", "mine", "agree"];
const store = self.lianqinQueue;
const form = document.querySelector("[data-report]");
const url = form.getAttribute("action");
const button = form.querySelector("[data-send]");
const count = form.querySelector("[data-count]");
const longest = Number(count.dataset.count);
const offline = document.querySelector("[data-offline]");

// The form is ours at once; what it can do beyond comes with the next round trip, and what is sent waits for it.
form.noValidate = true;
let bound;
const begun = new Promise((resolve) => (bound = resolve));
const onSubmit = (event) => {
  // The button that asks for a code is none of ours until its part is here.
  if (event.submitter?.name === "do") return;
  event.preventDefault();
  begun.then(submit);
};
form.addEventListener("submit", onSubmit);
const parts = Promise.all([
  import("./files.js"),
  import("./where.js"),
  import("./near.js"),
  import("./number.js"),
  import("./sending.js"),
  import("./voice.js"),
]);
parts.catch(() => {
  // Without them it is the plain form again.
  form.noValidate = false;
  form.removeEventListener("submit", onSubmit);
});
const [{ Files }, { bindWhere }, { bindNear }, { bindNumber }, { bindSending }, { bindVoice }] = await parts;

const valueOf = (field) => (field?.type === "checkbox" && !field.checked ? "" : field?.value ?? "");
const writer = form.elements.writer.value;
const draft = store.draftOf(writer);
const fields = () => ({ ...Object.fromEntries(NAMES.map((name) => [name, valueOf(form.elements[name])])), writer });

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Of two tabs one keeps the draft; the other writes another report.
let ours = !navigator.locks;
const claimed = new Promise((resolve) => {
  if (ours) resolve();
  else navigator.locks.request("lianqin-draft", { ifAvailable: true }, (lock) => {
    ours = Boolean(lock);
    resolve();
    return lock ? new Promise(() => {}) : null;
  }).catch(resolve);
});

// What was wrong and has been put right is no longer told; near the end of the room it is said how much is left.
function mend() {
  for (const [name, text] of Object.entries(faultsOf())) {
    if (!text && form.querySelector(`[data-field="${name}"].field-wrong`)) wrong(name, "");
  }
  const used = form.elements.words.value.trim().length;
  count.hidden = used < longest * 0.8;
  count.textContent = word("words_used", { n: used, most: longest });
}

let writing = 0;
function keep() {
  mend();
  clearTimeout(writing);
  if (!ours) return;
  writing = setTimeout(() => store.put("drafts", draft, { fields: fields(), files: files.list }).catch(() => {}), 250);
}

const files = new Files(form, keep);
const where = bindWhere(form, () => {
  keep();
  near.look();
});
const number = bindNumber(form, wrong, keep);
const sending = bindSending(form);
const near = bindNear(form, where, (receipt, name) => finish({ ...receipt, at: Date.now(), title: name }), refused);
bindVoice(form, files);
form.addEventListener("input", keep);
form.addEventListener("change", keep);

function put(report) {
  for (const name of NAMES) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = Boolean(report.fields[name]);
    else if (field) field.value = report.fields[name] ?? "";
  }
  number.show();
  files.set(report.files ?? []);
  near.restore();
  if (!form.elements.lon.value) return;
  where.say(word("place_set"));
  near.look();
}

async function empty() {
  clearTimeout(writing);
  form.reset();
  put({ fields: { client_key: newKey() }, files: [] });
  where.say("");
  for (const box of form.querySelectorAll("[data-near-box], [data-blocked]")) box.hidden = true;
  form.querySelector("[data-kind]").open = false;
  form.querySelector(".where-map").hidden = true;
  form.querySelector("[data-open-map]").setAttribute("aria-expanded", "false");
  if (ours) await store.drop("drafts", draft).catch(() => {});
}

function wrong(name, text) {
  const own = form.querySelector(`[data-field="${name}"]`);
  const field = own ?? form.querySelector(["client_key", "agree"].includes(name) ? '[data-field="files"]' : '[data-field="address"]');
  // A notice that came into force while the page lay open: the box for it comes with the page.
  if (!own && name === "agree" && text) text = `${text}。${word("reload")}`;
  const folded = text ? field.closest("details") : null;
  if (folded) folded.open = true;
  const told = field.querySelector(".wrong");
  told.textContent = text;
  told.hidden = !text;
  field.classList.toggle("field-wrong", Boolean(text));
  if (text) field.scrollIntoView({ block: "center" });
}

function faultsOf() {
  const { words, address, lon, phone, phone_key: key, proof, agree } = form.elements;
  const unproved = phone && phone.value.trim() && !proof.value ? word("number_unproved") : "";
  const left = Boolean(proof ? proof.value || phone.value.trim() : agree);
  const over = words.value.trim().length - longest;
  return {
    words: over > 0 ? word("words_over", { most: longest, n: over }) : words.value.trim().length < 2 && !files.isSpoken ? word("need_words") : "",
    address: address.value.trim() || lon.value ? "" : word("need_place"),
    // Where the code is to be typed, if one was sent: one fault is told once.
    ...(phone && { phone: key.value ? "" : unproved && word("number_unasked"), code: key.value ? unproved : "" }),
    ...(agree && { agree: left && !agree.checked ? word("need_agree") : "" }),
  };
}

// Why it was not taken: beside each field, or, of who is kept out, as a whole.
async function refused({ errors, blocked }) {
  if (!blocked) {
    for (const [name, texts] of Object.entries(errors ?? {})) wrong(name, texts.join("；"));
    return;
  }
  const { tellBlocked } = await import("./blocked.js");
  tellBlocked(form, blocked);
}

function isWhole() {
  const faults = faultsOf();
  for (const [name, text] of Object.entries(faults)) wrong(name, text);
  form.querySelector(".field-wrong :is(textarea, input:not([type=hidden]))")?.focus();
  return !Object.values(faults).some(Boolean);
}

async function finish(receipt) {
  await store.keepReceipt(receipt);
  await empty();
  location.assign(receipt.link);
}

function busy(is) {
  button.setAttribute("aria-busy", String(is));
  button.disabled = is;
}

const said = document.querySelector("[data-late]");

function say(text) {
  said.replaceChildren(Object.assign(document.createElement("p"), { className: "note note-ok", textContent: text }));
  said.hidden = false;
  said.focus();
}

async function wait(report, told) {
  try {
    await store.put("queue", report.fields.client_key, report);
  } catch {
    wrong("files", word("not_kept"));
    return;
  }
  await empty();
  say(told.offline ? word("kept") : word("busy", { n: told.after }));
  again(told.after);
  await show();
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("reports").catch(() => {});
}

// What the server could not take is sent again when it said, not by all at the same moment.
let next = 0;
function again(seconds) {
  clearTimeout(next);
  if (seconds) next = setTimeout(sendWaiting, (seconds + Math.random() * 5) * 1000);
}

async function submit() {
  if (button.disabled || !isWhole()) return;
  busy(true);
  const report = { fields: fields(), files: files.list, at: Date.now() };
  try {
    // Kept before the first try: a page that is closed meanwhile loses nothing.
    await store.put("queue", report.fields.client_key, report).catch(() => {});
    sending.begin();
    const told = await store.send(url, report, sending.post);
    if (sending.end() && told.state === "later") {
      // Whoever cancels keeps what was written; sent once more, it is the same report.
      await store.drop("queue", report.fields.client_key).catch(() => {});
      say(word("cancelled"));
    } else if (told.state === "sent") await finish(told.receipt);
    else if (told.state === "later") await wait(report, told);
    else {
      await store.drop("queue", report.fields.client_key).catch(() => {});
      await refused(told);
    }
  } finally {
    sending.end();
    busy(false);
  }
}

// Six at once is what a browser asks of a plain server; this one can wait.
const lists = import("./kept.js");
const show = () => lists.then(({ showKept }) => showKept({ send: sendWaiting, edit, writer })).catch(() => {});

// What one began oneself, or what was begun here by nobody and goes on with who signed in.
async function found() {
  if (!writer) return store.get("drafts", draft);
  await store.forgetOthers(writer);
  const own = await store.get("drafts", draft);
  if (own) return own;
  const nobodys = await store.get("drafts", store.draftOf());
  if (nobodys) await store.put("drafts", draft, nobodys).then(() => store.drop("drafts", store.draftOf()));
  return nobodys;
}

async function edit(report) {
  put(report);
  await store.drop("queue", report.fields.client_key);
  keep();
  await show();
  form.elements.words.focus();
}

async function sendWaiting() {
  if (navigator.onLine === false) return;
  const { sent, later } = await store.sendAll(url).catch(() => ({ sent: [], later: 0 }));
  again(later);
  await tellArrived(said, sent).catch(() => {});
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
navigator.serviceWorker?.addEventListener("message", () => tellArrived(said).catch(() => {}).then(show));

if (/(^|; )lianqin_type=large/.test(document.cookie)) document.documentElement.dataset.type = "large"; // A kept page is anybody's.
network();
bound();
// A page from the worker's store carries the key of another report.
await claimed;
const written = Boolean(form.querySelector(".note-error"));
const asked = written || !ours ? null : await found().catch(() => null);
const early = form.elements.words.value;
if (asked?.fields) put(early.trim() ? { ...asked, fields: { ...asked.fields, words: early } } : asked);
else if (!written) form.elements.client_key.value = newKey();
await sendWaiting();
await show();
navigator.serviceWorker?.register(form.dataset.worker, { scope: form.dataset.scope }).catch(() => {});
