// Leaflet with the drawing tools of Geoman. Geoman extends a global ``L``; ours is a module, so it gets a copy of the
// namespace. The classes are the same ones, and so are the maps.
import * as leaflet from "../vendor/leaflet/leaflet.js";

globalThis.L = { ...leaflet };
await import("../vendor/geoman/leaflet-geoman.js");

export const L = globalThis.L;
