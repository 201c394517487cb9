// What is typed into a form marked data-draft survives a reload, a lost session and a replaced page.
const PREFIX = "lianqin:draft:";
const SKIP = new Set(["version", "csrfmiddlewaretoken"]);
const keyOf = (form) => PREFIX + form.dataset.draft;

function fields(form) {
  return [...form.elements].filter((field) => field.name && !SKIP.has(field.name) && field.type !== "file" && field.type !== "password");
}

export function keepDraft(form) {
  const kept = fields(form).map((field) => [field.name, field.value, field.type === "radio" || field.type === "checkbox" ? field.checked : null]);
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify(kept));
  } catch {
    // Storage full or forbidden: the form itself still holds what was typed.
  }
}

export function restoreDraft(form) {
  let kept = [];
  try {
    kept = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "[]");
  } catch {
    return;
  }
  for (const [name, value, checked] of kept) {
    for (const field of fields(form)) {
      if (field.name !== name) continue;
      if (checked === null) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
  if (kept.length) form.dispatchEvent(new CustomEvent("lianqin:restored", { bubbles: true }));
}

export function forgetDraft(form) {
  try {
    sessionStorage.removeItem(keyOf(form));
  } catch {
    // Nothing was kept.
  }
}

export const restoreDrafts = (root) => root.querySelectorAll("form[data-draft]").forEach(restoreDraft);

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form) keepDraft(form);
  });
}
