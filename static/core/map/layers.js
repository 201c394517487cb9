// The layers that maps have in common: what they ask, what their marks look like and what these mean.
import { word } from "../words.js";
import { getJson, token } from "./leaflet.js";
import { fromRows, PointsLayer } from "./points.js";
import { short } from "./shapes.js";

export { HeatLayer } from "./heat.js";
export { LoadLayer, stepOf } from "./load.js";
export { fromRows, PointsLayer } from "./points.js";
export { drawn } from "./shapes.js";

// The shape says whom an order waits for, the colour how its time stands, the sign the same without colour.
export const WAITS = { reported: "diamond", registered: "diamond", dispatched: "circle", handling: "circle", submitted: "square", shelved: "circle" };
const TIMES = { late: ["--critical", "!"], soon: ["--warn-fill", "•"], calm: ["--primary", ""] };

export function orderLook({ status, urgent, time, chosen = false }) {
  const [colour, text] = TIMES[time] ?? TIMES.calm;
  return { shape: WAITS[status] ?? "circle", radius: urgent ? 9 : 7, fill: token(colour), line: token("--panel"), weight: 2, hollow: status === "shelved", text: status === "shelved" ? "" : text, ink: token(time === "soon" ? "--map-ink" : "--map-sign"), ring: chosen ? token("--text") : urgent ? token("--critical") : "" };
}

// A count says how many of it are late; a red edge says that there are any.
function ordersTogether(number, { late = 0, urgent = 0 }) {
  const tone = late ? "--critical" : "--primary";
  return { shape: "hexagon", fill: token("--panel"), line: token(tone), weight: late ? 3.5 : 2.5, ink: token("--text"), text: short(number), ring: urgent ? token("--critical") : "" };
}

export const clusterSign = (number) => ordersTogether(number, { late: 1 });

export const ordersLayer = (options = {}) => new PointsLayer({
  source: (box, zoom) => `${options.url ?? "/api/v1/map/orders/"}?bbox=${box}&zoom=${zoom}${options.query ? `&${options.query}` : ""}`,
  look: (each) => orderLook({ ...each, chosen: options.number && options.number === each.number }),
  tip: ({ title, state, due }) => [title, state, due].filter(Boolean).join(" · "),
  clusterLook: ordersTogether,
  ...options,
});

// People on duty at their last position: one that is old is pale and dashed, and the tip says how old.
export function personLook({ stale, load }) {
  return { shape: "circle", radius: 10, fill: token(stale ? "--text-3" : load ? "--primary" : "--ok"), line: token("--panel"), weight: 2, dash: stale ? [3, 2] : null, alpha: stale ? 0.7 : 1, text: "", ink: token("--map-sign") };
}

export const peopleLayer = (options = {}) => new PointsLayer({
  source: () => options.url ?? "/api/v1/map/people/",
  whole: true,
  gathers: false,
  read: ({ results }) => fromRows(results, "user_id"),
  look: (each) => ({ ...personLook(each), text: each.name.slice(0, 1) }),
  tip: ({ name, unit_name: unit, age }) => [name, unit, age].filter(Boolean).join(" · "),
  ...options,
});

const tones = new Map();
const elementColour = (name) => {
  const key = `${document.documentElement.dataset.theme}${name}`;
  if (!tones.has(key)) tones.set(key, token(`--el-${name}`) || token("--el-grey") || token("--text-3"));
  return tones.get(key);
};

export const elementLook = ({ key, colour = "grey" }) => ({ shape: key ? "square" : "circle", radius: key ? 6 : 4.5, fill: elementColour(colour), line: token(key ? "--warn-fill" : "--panel"), weight: key ? 2.5 : 1.2 });

// Elements of the ground; ``colours`` maps codes of types to names of colours.
export const elementsLayer = ({ url = "/api/v1/elements/", colours = new Map(), ...options } = {}) => {
  const layer = new PointsLayer({
    source: (box, zoom) => {
      const query = new URLSearchParams(layer.query);
      query.set("bbox", box);
      query.set("zoom", zoom);
      return `${url}?${query}`;
    },
    gathers: false,
    look: ({ type, key }) => elementLook({ key, colour: colours.get(type) }),
    tip: ({ name }) => name,
    ...options,
  });
  layer.query = options.query ?? new URLSearchParams();
  layer.narrow = (query) => {
    layer.query = query;
    layer.reload();
  };
  return layer;
};

export const CAMERA = { online: ["--ok", ""], offline: ["--critical", "×"] };
export function cameraLook({ state }) {
  const [colour, text] = CAMERA[state] ?? ["--text-3", "?"];
  return { shape: "triangle", radius: 7, fill: token(colour), line: token("--panel"), weight: 2, text, ink: token("--map-sign") };
}

export const camerasLayer = (options = {}) => new PointsLayer({
  source: () => options.url ?? "/api/v1/cameras/",
  whole: true,
  read: (rows) => fromRows((rows.results ?? rows).filter((row) => row.active)),
  look: cameraLook,
  tip: ({ name, state_name: state }) => [name, state].filter(Boolean).join(" · "),
  clusterLook: (number) => ({ shape: "triangle", radius: 13, fill: token("--panel"), line: token("--text-3"), weight: 2, ink: token("--text"), text: short(number) }),
  ...options,
});

// Where people are whistled to: red once the time has passed.
export function whistleLook({ late }) {
  return { shape: "diamond", radius: 8, fill: token(late ? "--critical" : "--primary"), line: token("--panel"), weight: 2, ring: token("--text"), text: "!", ink: token("--map-sign") };
}

const whistled = ({ results }) => {
  const features = fromRows(results.map((row) => ({ ...row, code: String(row.id), late: Date.parse(row.due_at) < Date.now(), came: row.summonses.filter((each) => each.arrived_at).length, called: row.summonses.length })));
  return { ...features, total: results.length };
};

export const whistlesLayer = (options = {}) => new PointsLayer({
  source: () => options.url ?? "/api/v1/whistles/?state=open",
  whole: true,
  gathers: false,
  read: whistled,
  look: whistleLook,
  tip: ({ matter, place, came, called }) => [matter, place, called ? `${came} / ${called}` : ""].filter(Boolean).join(" · "),
  ...options,
});

// Any places of a page: rows with lon, lat, code, name and perhaps shape, tone ("primary" | "ok" | "warn-fill" | "critical" | "text-3"), text.
export const placesLayer = (rows, options = {}) => {
  const layer = new PointsLayer({
    source: () => "",
    whole: true,
    gathers: false,
    look: ({ shape = "circle", tone = "primary", text = "", radius = 8, hollow = false, chosen = false }) => ({ shape, radius, fill: token(`--${tone}`), line: token("--panel"), weight: 2, text, ink: token("--map-sign"), hollow, ring: chosen ? token("--text") : "" }),
    tip: ({ name }) => name,
    ...options,
  });
  layer.load = () => layer.draw();
  layer.setRows = (told) => {
    layer.answer = fromRows(told);
    layer.asked = { zoom: 0, bounds: null };
    layer.draw();
    layer.told(layer.answer);
  };
  layer.answer = fromRows(rows);
  layer.bounds = () => layer.answer.features.map(({ geometry }) => geometry.coordinates);
  return layer;
};

export const sayAge = (seconds) => {
  if (seconds === null || seconds === undefined) return word("map_no_position");
  if (seconds < 90) return word("map_just_now");
  return seconds < 5400 ? word("map_minutes_ago", { n: Math.round(seconds / 60) }) : word("map_hours_ago", { n: Math.round(seconds / 3600) });
};

export const load = getJson;
