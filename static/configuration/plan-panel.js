// The panes beside the map of a re-division: grids, faults, what changes hands, steps.
const make = (tag, values = {}, ...inside) => {
  const { dataset = {}, ...rest } = values;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset);
  node.append(...inside);
  return node;
};
const squareMetres = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 1 });

export function words(root) {
  const known = new Map([...root.querySelector("[data-plan-words]").content.querySelectorAll("[data-key]")].map((node) => [node.dataset.key, node.textContent]));
  return (key, values = {}) => (known.get(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function grids(list, features, communities, { selection, text, say }) {
  const wanted = text.trim().toLowerCase();
  const found = features.filter(({ properties }) => !wanted || `${properties.code} ${properties.name}`.toLowerCase().includes(wanted));
  let community = null;
  const nodes = [];
  for (const { properties, geometry } of found) {
    if (properties.community !== community) {
      community = properties.community;
      nodes.push(make("li", { className: "plan-group", textContent: communities.get(community) ?? community }));
    }
    const button = make("button", { type: "button", className: "plan-item", dataset: { code: properties.code } }, make("span", { className: "clip", textContent: properties.name }), make("span", { className: "meta mono", textContent: properties.code.slice(-3) }));
    button.setAttribute("aria-pressed", String(selection.has(properties.code)));
    if (!properties.goes_on) button.append(make("span", { className: "tag tag-ok", textContent: say("begins") }));
    if (!geometry) button.append(make("span", { className: "tag tag-critical", textContent: say("undrawn") }));
    nodes.push(make("li", {}, button));
  }
  list.replaceChildren(...(nodes.length ? nodes : [make("li", { className: "plan-none", textContent: say("no-grids") })]));
}

export function faults(list, told, say) {
  const nodes = told.map((fault, index) => {
    const size = fault.square_metres === null || fault.square_metres === undefined ? "" : say("metres", { n: squareMetres.format(fault.square_metres) });
    const button = make("button", { type: "button", className: "plan-item plan-fault", dataset: { fault: index } }, make("b", { textContent: fault.label }), make("span", { className: "number mono", textContent: size }), make("span", { className: "meta", textContent: [fault.codes.map((code) => code.slice(-3)).join("、"), fault.remedy].filter(Boolean).join(" · ") }));
    return make("li", {}, button);
  });
  list.replaceChildren(...(nodes.length ? nodes : [make("li", { className: "plan-none tone-ok", textContent: say("no-faults") })]));
}

export function steps(list, told, say) {
  const nodes = [...told].reverse().map((step) => make("li", { className: "plan-step" }, make("b", { textContent: `${step.number}. ${step.act_label}` }), make("span", { className: "meta", textContent: `${step.by ?? ""} ${step.at ? new Date(step.at).toLocaleString("zh-CN", { hour12: false }) : ""}` }), make("span", { className: "meta", textContent: [step.detail?.code, ...(step.detail?.codes ?? [])].filter(Boolean).join("、") })));
  list.replaceChildren(...(nodes.length ? nodes : [make("li", { className: "plan-none", textContent: say("no-steps") })]));
}

const TOTALS = ["grids_before", "grids_after", "reshaped", "begun", "ended", "orders", "members", "elements", "posts_changed"];

export function preview(pane, told, say) {
  const facts = make("dl", { className: "plan-totals" });
  for (const name of TOTALS) if (told.totals[name] !== undefined) facts.append(make("div", {}, make("dt", { textContent: say(`t-${name}`) }), make("dd", { textContent: told.totals[name] })));
  const moved = told.grids.filter((grid) => grid.change !== "same");
  const lines = moved.map((grid) => make("li", {}, make("button", { type: "button", className: "plan-item plan-fault", dataset: { code: grid.code } }, make("b", { className: "clip", textContent: grid.name }), make("span", { className: `tag ${grid.change === "ended" ? "tag-warn" : grid.change === "begun" ? "tag-ok" : ""}`, textContent: say(`c-${grid.change}`) }), make("span", { className: "meta", textContent: say("in-out", { a: grid.orders_in, b: grid.orders_out, c: grid.members_in, d: grid.members_out }) }))));
  const way = (from, to) => `${from?.slice(-6) ?? "—"} → ${to?.slice(-6) ?? "—"}`;
  const part = (title, nodes) => (nodes.length ? [make("h3", { className: "panel-title", textContent: title }), make("ul", { className: "plan-list" }, ...nodes)] : []);
  const orders = told.orders.map((order) => make("li", { className: "plan-step" }, make("b", { className: "mono", textContent: order.number }), make("span", { className: "meta", textContent: way(order.from, order.to) })));
  if (told.orders_more) orders.push(make("li", { className: "plan-none", textContent: say("more", { n: told.orders_more }) }));
  const members = told.members.map((member) => make("li", { className: "plan-step" }, make("b", { textContent: member.name }), make("span", { className: "meta", textContent: `${member.post}　${way(member.from, member.to)}` })));
  const quiet = orders.length || members.length ? [] : [make("p", { className: "plan-none", textContent: say("nothing-moves") })];
  pane.replaceChildren(facts, ...quiet, ...part(say("by-grid"), lines), ...part(say("orders"), orders), ...part(say("members"), members));
}
