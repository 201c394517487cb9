// The tools of a re-division: what each asks for, what it sends, and what it says meanwhile.
const button = (text, main, act) => {
  const node = Object.assign(document.createElement("button"), { type: "button", className: `button button-small ${main ? "button-primary" : ""}`, textContent: text });
  node.addEventListener("click", act);
  return node;
};
const choice = (label, options, value = "") => {
  const select = Object.assign(document.createElement("select"), { className: "chip" });
  select.setAttribute("aria-label", label);
  select.append(...options.map(([code, text]) => new Option(text, code, false, code === value)));
  return select;
};
const tick = (text, checked) => {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked });
  const label = Object.assign(document.createElement("label"), { className: "plan-tick" });
  label.append(box, text);
  return [label, box];
};

export class Tools {
  constructor(editor) {
    this.editor = editor;
    this.name = "select";
    this.hint = editor.root.querySelector("[data-hint]");
  }

  use(name) {
    const { editor } = this;
    if (name !== "select" && !editor.plan.may.edit) name = "select";
    editor.map.stop();
    this.name = name;
    this.chosen = {};
    for (const node of editor.root.querySelectorAll("[data-tool]")) node.setAttribute("aria-pressed", String(node.dataset.tool === name));
    if (name === "merge") editor.select([...editor.selection]);
    else if (editor.selection.size > 1) editor.select([...editor.selection].slice(0, 1));
    this.begin();
  }

  begin() {
    const { editor, name } = this;
    const { say } = editor;
    const [code] = editor.selection;
    const grid = editor.grids.get(code)?.properties;
    const points = button(say("do-points"), false, () => editor.openPoints());
    if (editor.pending) return this.waiting();
    if (name === "select") return this.tell("");
    if (name === "merge") return this.merge();
    if (name === "draw") return this.draw(points);
    const drawable = grid && editor.grids.get(code).geometry;
    if (!drawable) return this.tell(say(`hint-${name}-pick`));
    if (name === "split") {
      const [label, box] = tick(say("keep-largest"), true);
      this.chosen.keep = box;
      this.tell(say("hint-split", { name: grid.name }), label, points);
      return editor.map.draw("Line");
    }
    editor.map.reshape(code);
    this.tell(say("hint-reshape", { name: grid.name }), button(say("do-apply"), true, () => this.apply()), button(say("do-drop"), false, () => this.use("select")));
  }

  merge() {
    const { editor } = this;
    const codes = [...editor.selection];
    if (codes.length < 2) return this.tell(editor.say("hint-merge", { n: codes.length }));
    const keep = choice(editor.say("keep-code"), [...codes.map((code) => [code, `${editor.say("keep-code")} ${code.slice(-3)}`]), ["", editor.say("keep-none")]], codes[0]);
    this.tell(editor.say("hint-merge", { n: codes.length }), keep, button(editor.say("do-merge"), true, () => editor.step("merge", { codes, keep_code: keep.value })));
  }

  draw(points) {
    const { editor } = this;
    const [code] = editor.selection;
    const into = choice(editor.say("into"), [...editor.communities], editor.grids.get(code)?.properties.community);
    const empty = [...editor.grids.values()].filter((feature) => !feature.geometry).map(({ properties }) => [properties.code, properties.name]);
    const as = choice(editor.say("as-new"), [["", editor.say("as-new")], ...empty], editor.grids.get(code)?.geometry === null ? code : "");
    const [label, carve] = tick(editor.say("carve"), false);
    Object.assign(this.chosen, { into, as, carve });
    this.tell(editor.say("hint-draw"), ...(editor.communities.size > 1 ? [into] : []), ...(empty.length ? [as] : []), label, points);
    editor.map.draw("Polygon");
  }

  // A line or an area was drawn, or typed as points.
  drawn(geometry) {
    const { editor, chosen } = this;
    const [code] = editor.selection;
    if (this.name === "split") return editor.step("split", { code, line: geometry, keep_code: chosen.keep.checked }, geometry);
    const planned = editor.grids.get(chosen.as.value)?.properties;
    editor.step("draw", { community: planned?.community ?? chosen.into.value, boundary: geometry, code: chosen.as.value, carve: chosen.carve.checked }, geometry);
  }

  apply() {
    const { editor } = this;
    const [code] = editor.selection;
    const { moves, boundary } = editor.map.edit();
    if (moves && !moves.length) return this.use("select");
    if (moves) editor.step("move", { moves }, boundary);
    else editor.step("reshape", { code, boundary }, boundary);
  }

  // A step that was not saved can be sent again, or let go.
  waiting() {
    const { editor } = this;
    editor.map.keep(editor.pending.geometry);
    const { name, body, geometry } = editor.pending;
    this.tell(editor.say("hint-pending"), button(editor.say("do-retry"), true, () => editor.step(name, body, geometry)), button(editor.say("do-drop"), false, () => editor.drop()));
  }

  tell(text, ...end) {
    this.hint.hidden = !text;
    this.hint.querySelector("[data-hint-text]").textContent = text;
    this.hint.querySelector("[data-hint-end]").replaceChildren(...end);
  }
}
