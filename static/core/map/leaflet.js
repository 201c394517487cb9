// The map library. Only the modules of this folder, and the drawing tools of the configuration, know it.
import * as L from "../../vendor/leaflet/leaflet.js";

// A canvas that is drawn at once forgets the frame that it had asked for: on a map removed meanwhile that frame finds none.
const redraw = L.Canvas.prototype._redraw;
L.Canvas.include({
  _redraw() {
    if (this._ctx) redraw.call(this);
  },
});

export { L };
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export async function getJson(url) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
