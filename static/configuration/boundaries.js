// The editor of a re-division: the plan as the server has it, one step at a time, and nothing that was drawn is lost.
import { newKey, post, Problem } from "../core/api.js";
import { open } from "../core/dialog.js";
import { forgetDraft } from "../core/drafts.js";
import { toast } from "../core/toast.js";
import { word } from "../core/words.js";
import { PlanMap } from "./plan-map.js";
import { getJson } from "../core/map/leaflet.js";
import { failed, openMap } from "../core/map/open.js";
import { bind } from "./plan-input.js";
import * as panel from "./plan-panel.js";
import { Tools } from "./plan-tools.js";

const TOKEN = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const EMPTY = { type: "FeatureCollection", features: [] };

async function patch(url, data) {
  const response = await fetch(url, { method: "PATCH", credentials: "same-origin", body: JSON.stringify(data), headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": TOKEN, "Idempotency-Key": newKey() } });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

class Editor {
  constructor(root) {
    this.root = root;
    this.url = root.dataset.plan;
    this.say = panel.words(root);
    this.selection = new Set();
    this.grids = new Map();
    this.kept = `lianqin:plan:${root.dataset.key}`;
    this.pending = this.recall();
    this.tools = new Tools(this);
  }

  find(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  async start() {
    const canvas = this.find("canvas");
    const map = await openMap(canvas, { doubleClickZoom: false });
    let plan;
    try {
      plan = await getJson(this.url);
    } catch {
      return failed(canvas);
    }
    this.communities = new Map(plan.communities.map((each) => [each.code, each.name]));
    this.map = new PlanMap(map, {
      outlines: plan.outlines ?? EMPTY,
      picked: (code, more) => this.pick(code, more),
      drawn: (geometry) => this.tools.drawn(geometry),
    });
    this.take(plan);
    this.map.whole();
    bind(this);
    this.tools.use("select");
    this.tab(location.hash.slice(1) || "grids");
  }

  // Take over what the server has: a whole plan, or what one step touched.
  take(told) {
    const line = told.plan ?? told;
    this.plan = { ...this.plan, ...line };
    const touched = told.plan ? told.communities : null;
    for (const [code, feature] of this.grids) if (!touched || touched.includes(feature.properties.community)) this.grids.delete(code);
    for (const feature of told.grids.features) this.grids.set(feature.properties.code, feature);
    this.map.setGrids(told.grids.features, touched);
    this.faults = told.faults;
    this.map.setFaults(this.faults);
    this.select([...this.selection].filter((code) => this.grids.has(code)));
    panel.faults(this.find("faults"), this.faults, this.say);
    panel.steps(this.find("steps"), told.steps, this.say);
    this.find("fault-count").textContent = this.faults.length;
    this.find("fault-count").classList.toggle("tone-critical", this.faults.length > 0);
    this.head();
  }

  head() {
    const { plan, say } = this;
    this.find("title").textContent = plan.title;
    const state = this.find("plan-state");
    state.textContent = plan.state_label;
    state.className = `tag ${{ submitted: "tag-warn", scheduled: "tag-primary", in_force: "tag-ok", refused: "tag-critical" }[plan.state] ?? ""}`;
    this.find("when").textContent = say(plan.state === "in_force" ? "since" : "when", { day: plan.effective_on });
    this.find("count").textContent = say("count", { n: this.grids.size });
    for (const node of this.root.querySelectorAll("[data-may]")) node.hidden = !plan.may[node.dataset.may];
    this.find("fields").disabled = !plan.may.edit;
    const notice = this.find("notice");
    const why = plan.trouble || (["refused", "cancelled"].includes(plan.state) ? plan.opinion : "");
    notice.textContent = why || "";
    notice.hidden = !why;
  }

  pick(code, more = false) {
    const codes = new Set(this.selection);
    if (this.tools.name !== "merge" && !more) return this.select(this.selection.has(code) && codes.size === 1 && this.tools.name === "select" ? [] : [code], true);
    if (!codes.delete(code)) codes.add(code);
    this.select([...codes], true);
  }

  select(codes, begin = false) {
    this.selection = new Set(codes);
    this.map.select(codes, begin && codes.length === 1);
    this.list();
    this.describe(codes.length === 1 ? this.grids.get(codes[0]) : null);
    if (begin && !this.pending) this.tools.begin();
  }

  list() {
    const features = [...this.grids.values()].sort((a, b) => a.properties.code.localeCompare(b.properties.code));
    panel.grids(this.find("list"), features, this.communities, { selection: this.selection, text: this.find("grid-find").value, say: this.say });
  }

  describe(feature) {
    const form = this.find("describe");
    form.hidden = !feature;
    if (!feature) return;
    const { properties } = feature;
    this.find("grid-name").textContent = properties.name;
    const fate = this.find("grid-fate");
    fate.textContent = this.say(properties.goes_on ? "goes_on" : "begins");
    fate.className = `tag ${properties.goes_on ? "" : "tag-ok"}`;
    const origins = properties.goes_on ? [] : properties.origins;
    this.find("grid-about").textContent = this.say("about", { community: this.communities.get(properties.community), area: ((properties.area_m2 ?? 0) / 10000).toFixed(2) }) + (origins.length ? this.say("from", { codes: origins.map((code) => code.slice(-3)).join("、") }) : "");
    for (const field of form.elements) if (field.name) field.value = field.name === "new_code" ? properties.code : properties[field.name] ?? "";
    this.dedicated(form);
  }

  dedicated(form) {
    for (const node of form.querySelectorAll("[data-of-dedicated]")) node.hidden = form.elements.kind.value !== "dedicated";
  }

  // One operation. What it would have drawn is kept until the server has it.
  async step(name, body, geometry = null) {
    if (this.busy) return;
    this.busy = true;
    this.remember({ name, body, geometry });
    this.status("saving");
    try {
      const done = await post(`${this.url}${name}/`, { version: this.plan.version, ...body });
      this.map.stop(true);
      this.remember(null);
      this.map.keep(null);
      this.take(done);
      this.status("saved", { n: this.plan.version });
      if (done.repaired) toast(this.say("repaired", { n: done.repaired }), { tone: "ok" });
      if (name === "describe") forgetDraft(this.find("describe"));
      this.tools.use("select");
    } catch (problem) {
      this.refused(problem, geometry);
    } finally {
      this.busy = false;
    }
  }

  refused(problem, geometry) {
    this.status("unsaved");
    const drawing = ["reshape", "move"].includes(this.pending?.name) && problem.status === 400;
    // Nothing is drawn, or the corners can still be dragged on: nothing has to wait.
    if (!geometry || drawing) this.remember(null);
    if (problem.code === "stale_version") open("plan-stale");
    else toast([problem.message || word("failed"), ...Object.values(problem.fields).flat()].join("　"), { tone: "critical" });
    if (Array.isArray(problem.body?.at)) this.map.point(Array.isArray(problem.body.at[0]) ? problem.body.at[0] : problem.body.at);
    if (this.pending) {
      this.map.stop();
      this.tools.begin();
    }
  }

  remember(pending) {
    this.pending = pending;
    try {
      if (pending?.geometry) sessionStorage.setItem(this.kept, JSON.stringify(pending));
      else sessionStorage.removeItem(this.kept);
    } catch {
      // Storage full or forbidden: the map still holds it.
    }
  }

  recall() {
    try {
      return JSON.parse(sessionStorage.getItem(this.kept));
    } catch {
      return null;
    }
  }

  drop() {
    this.remember(null);
    this.map.keep(null);
    this.status("");
    this.tools.use("select");
  }

  status(key, values) {
    this.find("saved").textContent = key ? ` · ${this.say(key, values)}` : "";
  }

  async reload() {
    this.map.stop();
    this.take(await getJson(this.url));
    this.tools.begin();
  }

  // Submit, decide, withdraw, cancel, reopen: the plan as a whole.
  async move(name, body = {}, told = name) {
    try {
      const done = name === "describe-plan" ? await patch(this.url, { version: this.plan.version, ...body }) : await post(`${this.url}${name}/`, { version: this.plan.version, ...body });
      document.querySelector("dialog[open]")?.close();
      this.take(done);
      this.tools.use("select");
      this.preview = null;
      toast(this.say(`done-${told}`), { tone: "ok" });
      return true;
    } catch (problem) {
      document.querySelector("dialog[open]")?.close();
      if (problem.code === "stale_version") open("plan-stale");
      else toast([problem.message || word("failed"), ...Object.values(problem.fields).flat()].join("　"), { tone: "critical" });
      return false;
    }
  }

  openPoints() {
    this.map.stop();
    open("plan-points");
  }

  tab(name) {
    if (!this.root.querySelector(`[data-pane="${name}"]`)) return;
    for (const node of this.root.querySelectorAll("[data-tab]")) {
      if (node.dataset.tab === name) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
    for (const pane of this.root.querySelectorAll("[data-pane]")) pane.hidden = pane.dataset.pane !== name;
    if (name === "preview") this.showPreview();
  }

  async showPreview() {
    const pane = this.root.querySelector('[data-pane="preview"]');
    pane.innerHTML = '<div class="bones"><span></span><span></span><span></span></div>';
    try {
      panel.preview(pane, await getJson(`${this.url}preview/`), this.say);
    } catch {
      pane.textContent = this.say("preview-failed");
    }
  }

  async compare(node) {
    const shown = node.getAttribute("aria-pressed") === "true";
    node.setAttribute("aria-pressed", String(!shown));
    if (shown) return this.map.before(null);
    const parts = await Promise.all(this.root.dataset.streets.split(",").filter(Boolean).map((street) => getJson(`${this.root.dataset.boundaries}?level=grid&street=${street}`)));
    this.map.before(parts.flatMap((part) => part.features).filter((feature) => this.communities.has(feature.properties.parent)));
  }
}

const root = document.querySelector("[data-plan]");
if (root) new Editor(root).start();
