// Forms marked data-api-form are sent as JSON; errors appear beside their fields and nothing typed is lost.
import { Problem, newKey, post, upload } from "./api.js";
import { chosenFiles, forgetFiles } from "./files.js";
import { forgetDraft } from "./drafts.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const LISTS = new Set(["list", "ints"]);
const TYPES = {
  int: (value) => (value === "" ? null : Number.parseInt(value, 10)),
  float: (value) => (value === "" ? null : Number.parseFloat(value)),
};

export function values(form) {
  const data = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.type === "file" || field.type === "submit" || field.type === "button") continue;
    const type = field.dataset.type ?? "";
    if (LISTS.has(type)) {
      data[field.name] ??= [];
      if (field.checked) data[field.name].push(type === "ints" ? Number(field.value) : field.value);
    } else if (type === "true") {
      data[field.name] = true;
    } else if (type === "bool") {
      data[field.name] = field.checked;
    } else if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) data[field.name] = TYPES[type] ? TYPES[type](field.value) : field.value;
    } else {
      const value = TYPES[type] ? TYPES[type](field.value) : field.value.trim();
      if (value !== "" && value !== null) data[field.name] = value;
    }
  }
  return data;
}

export function clearErrors(form) {
  form.querySelectorAll(".field-error").forEach((node) => node.remove());
  form.querySelectorAll(".field-bad").forEach((node) => node.classList.remove("field-bad"));
  form.querySelectorAll("[aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
  for (const box of form.querySelectorAll("[data-form-error], [data-conflict]")) box.hidden = true;
}

function say(form, text) {
  const box = form.querySelector("[data-form-error]");
  if (!box) return toast(text, { tone: "critical" });
  box.querySelector("span").textContent = text;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

export function showProblem(form, problem) {
  const loose = [];
  let first = null;
  let placed = false;
  for (const [name, texts] of Object.entries(problem.fields)) {
    const text = [].concat(texts).join("; ");
    const box = form.querySelector(`[data-field="${CSS.escape(name)}"]`) ?? form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`)?.closest("[data-field]");
    if (!box) {
      loose.push(text);
      continue;
    }
    box.classList.add("field-bad");
    const note = document.createElement("span");
    note.className = "field-error";
    note.id = `error-${newKey().slice(0, 8)}`;
    note.textContent = text;
    box.append(note);
    placed = true;
    const input = box.querySelector("input:not([type=hidden]), textarea, select");
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("aria-describedby", note.id);
    first ??= input;
  }
  const general = problem.fields && Object.keys(problem.fields).length && !loose.length ? "" : [problem.message, ...loose].filter(Boolean).join("; ");
  if (general || !placed) say(form, general || word("failed"));
  first?.focus();
}

// Somebody else was faster: say so, keep everything typed; the page adds what happened since.
function showConflict(form) {
  const box = form.querySelector("[data-conflict]");
  box.hidden = false;
  buttonOf(form).disabled = true;
  box.scrollIntoView({ block: "nearest" });
}

function missing(form) {
  const fields = {};
  for (const field of form.querySelectorAll("textarea[required], input[required]")) {
    if (!field.value.trim()) fields[field.name] = [word("required")];
  }
  return fields;
}

async function uploadAll(form, target, done) {
  for (const { box, file, stage } of chosenFiles(form)) {
    if (done.has(file)) continue;
    await upload(target, file, { stage });
    done.add(file);
    box?.setAttribute("data-sent", "");
  }
}

const uploaded = new WeakMap();
const keys = new WeakMap();

// The button of a form may stand elsewhere on the page, and name it.
const buttonOf = (form) => form.querySelector("[data-submit]") ?? document.querySelector(`[data-submit][form="${CSS.escape(form.id)}"]`);

export async function submit(form) {
  const button = buttonOf(form);
  if (button.getAttribute("aria-busy") === "true") return;
  clearErrors(form);
  const lacking = missing(form);
  if (Object.keys(lacking).length) return showProblem(form, new Problem(400, { errors: lacking }));
  button.setAttribute("aria-busy", "true");
  const data = values(form);
  // The same intention keeps its key, so that a lost answer is never a second order.
  const body = JSON.stringify(data);
  if (keys.get(form)?.body !== body) keys.set(form, { body, key: newKey() });
  try {
    if (!uploaded.has(form)) uploaded.set(form, new Set());
    if (form.dataset.upload) await uploadAll(form, form.dataset.upload, uploaded.get(form));
    const answer = await post(form.getAttribute("action"), data, keys.get(form).key);
    if (form.dataset.uploadAfter) {
      const url = form.dataset.uploadAfter.replace("NUMBER", encodeURIComponent(answer.number));
      await uploadAll(form, url, uploaded.get(form)).catch((problem) => toast(problem.message, { tone: "critical", title: word("files_unfinished") }));
    }
    finish(form, answer);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    // Only a refusal ends the intention: an answer that was lost on its way may have been a yes.
    if (problem.status >= 400 && problem.status < 500) keys.delete(form);
    if (problem.status === 409 && form.querySelector("[data-conflict]")) showConflict(form);
    else showProblem(form, problem);
    if (problem.status === 409) form.dispatchEvent(new CustomEvent("lianqin:stale", { bubbles: true, detail: problem.body }));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function finish(form, answer) {
  keys.delete(form);
  uploaded.delete(form);
  forgetDraft(form);
  forgetFiles(form);
  form.reset();
  form.closest("dialog")?.close();
  if (form.dataset.done) toast(form.dataset.done, { tone: "ok" });
  form.dispatchEvent(new CustomEvent("lianqin:done", { bubbles: true, detail: answer }));
  if (form.dataset.next) window.location.assign(form.dataset.next.replace("NUMBER", encodeURIComponent(answer.number)));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-api-form]");
  if (!form) return;
  event.preventDefault();
  submit(form);
});
