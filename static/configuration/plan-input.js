// What people press and fill in on the page of a re-division.
import { open } from "../core/dialog.js";
import { forgetDraft } from "../core/drafts.js";
import { toast } from "../core/toast.js";

export function bind(editor) {
  const { root } = editor;
  root.addEventListener("click", (event) => clicked(editor, event));
  root.addEventListener("submit", (event) => submitted(editor, event));
  editor.find("grid-find").addEventListener("input", () => editor.list());
  editor.find("describe").elements.kind.addEventListener("change", (event) => editor.dedicated(event.target.form));
  // Before the shell: Enter ends a line and must not press the main button.
  document.addEventListener("keydown", (event) => pressed(editor, event), true);
  window.addEventListener("beforeunload", (event) => {
    if (editor.busy || editor.map.edited) event.preventDefault();
  });
}

function pressed(editor, event) {
  if (event.target.closest?.("input, textarea, select, dialog")) return;
  if (event.key === "Escape" && editor.tools.name !== "select") editor.tools.use("select");
  else if ((event.ctrlKey || event.metaKey) && event.key === "z" && editor.plan.may.edit && !editor.map.drawing) editor.step("undo", {});
  else if (!editor.map.key(event)) return;
  event.preventDefault();
  event.stopPropagation();
}

function clicked(editor, event) {
  const hit = (selector) => event.target.closest(selector);
  const tool = hit("[data-tool]");
  const item = hit("[data-code]");
  const fault = editor.faults[hit("[data-fault]")?.dataset.fault];
  const act = hit("[data-do]")?.dataset.do;
  const tab = hit("[data-tab]");
  if (tool) editor.tools.use(tool.dataset.tool);
  else if (tab) {
    event.preventDefault();
    editor.tab(tab.dataset.tab);
  } else if (item && editor.grids.has(item.dataset.code)) editor.pick(item.dataset.code, event.shiftKey);
  else if (fault?.geometry) editor.map.jump(fault.geometry);
  else if (fault) editor.pick(fault.codes[0]);
  else if (hit("[data-before]")) editor.compare(hit("[data-before]"));
  else if (hit("[data-remove]")) open("plan-remove");
  else if (act === "submit" && editor.faults.length) {
    toast(editor.say("blocked", { n: editor.faults.length }), { tone: "critical" });
    editor.tab("faults");
  } else if (act === "submit" || act === "reopen") editor.move(act);
  else if (act) editor.step(act, {});
}

async function submitted(editor, event) {
  event.preventDefault();
  const form = event.target;
  const typed = Object.fromEntries(new FormData(form));
  const name = form.dataset.planForm;
  if (!name) return saveGrid(editor, typed);
  if (name === "points") return points(editor, typed.points);
  if (name === "remove" || name === "reload") form.closest("dialog").close();
  if (name === "remove") return editor.step("remove", { code: [...editor.selection][0] });
  if (name === "reload") return editor.reload();
  const decided = name === "approve" || name === "refuse";
  const done = name === "describe" ? await editor.move("describe-plan", typed, name) : await editor.move(decided ? "decide" : name, decided ? { approve: name === "approve", ...typed } : {}, name);
  if (done && form.dataset.draft) forgetDraft(form);
}

// Only what was changed is told: the rest stays as it is on the day.
function saveGrid(editor, typed) {
  const [code] = editor.selection;
  const held = editor.grids.get(code).properties;
  const wanted = typed.kind === "dedicated" ? typed : { ...typed, occupier: "", occupier_name: "" };
  const told = Object.entries(wanted).filter(([name, value]) => String(name === "new_code" ? code : held[name] ?? "") !== value);
  if (told.length) editor.step("describe", { code, ...Object.fromEntries(told) });
}

// The keyboard's way to draw: points as text.
function points(editor, text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const pairs = lines.map((line) => line.split(/[,，\s]+/).map(Number));
  const wrong = pairs.findIndex((pair) => pair.length !== 2 || !pair.every(Number.isFinite));
  const area = editor.tools.name === "draw";
  const least = area ? 3 : 2;
  const told = wrong >= 0 ? editor.say("bad-points", { n: wrong + 1 }) : pairs.length < least ? editor.say("few-points", { n: least }) : "";
  const fault = editor.find("points-fault");
  fault.hidden = !told;
  fault.textContent = told;
  if (told) return;
  document.getElementById("plan-points").close();
  editor.tools.drawn(area ? { type: "Polygon", coordinates: [[...pairs, pairs[0]]] } : { type: "LineString", coordinates: pairs });
}
