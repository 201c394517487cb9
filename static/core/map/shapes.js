// Marks drawn on one canvas: what they mean is told by their shape and their sign, never by colour alone.
import { L } from "./leaflet.js";

const around = (pen, { x, y }, corners, radius, turn) => {
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / corners;
    pen[i ? "lineTo" : "moveTo"](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  pen.closePath();
};
const PATHS = {
  circle: (pen, { x, y }, radius) => pen.arc(x, y, radius, 0, 2 * Math.PI),
  diamond: (pen, at, radius) => around(pen, at, 4, radius * 1.22, 0),
  square: (pen, at, radius) => around(pen, at, 4, radius * 1.2, Math.PI / 4),
  triangle: (pen, at, radius) => around(pen, at, 3, radius * 1.3, -Math.PI / 2),
  hexagon: (pen, at, radius) => around(pen, at, 6, radius * 1.08, 0),
};

// Draw one mark with a 2D context: used by the map and by the legend alike.
export function drawMark(pen, at, { shape = "circle", radius, fill, line, weight = 1.5, ring = "", text = "", ink = "#fff", hollow = false, dash = null, alpha = 1 }) {
  pen.save();
  pen.globalAlpha = alpha;
  if (ring) {
    pen.beginPath();
    pen.arc(at.x, at.y, radius + 4, 0, 2 * Math.PI);
    pen.strokeStyle = ring;
    pen.lineWidth = 2;
    pen.stroke();
  }
  pen.beginPath();
  PATHS[shape](pen, at, radius);
  if (!hollow) {
    pen.fillStyle = fill;
    pen.fill();
  }
  pen.strokeStyle = hollow ? fill : line;
  pen.lineWidth = hollow ? Math.max(2, weight) : weight;
  if (dash) pen.setLineDash(dash);
  pen.stroke();
  if (text) {
    pen.fillStyle = ink;
    pen.font = `600 ${text.length > 4 ? 11 : Math.max(10, Math.min(13, radius * 1.25))}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, at.x, at.y + 0.5);
  }
  pen.restore();
}

export const Mark = L.CircleMarker.extend({
  options: { radius: 7, weight: 10 },
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    drawMark(renderer._ctx, this._point, { ...this.options.look, radius: this._radius });
  },
});

export const mark = ([lon, lat], look, options = {}) => new Mark([lat, lon], { radius: look.radius ?? 7, look, ...options });

export const short = (number) => (number < 10000 ? String(number) : `${(number / 10000).toFixed(number < 100000 ? 1 : 0)}万`);

// The same mark for a legend or a list; its meaning stands beside it in words.
export function drawn(look, size = 22) {
  const canvas = document.createElement("canvas");
  const dense = Math.min(2, devicePixelRatio || 1);
  canvas.width = canvas.height = size * dense;
  canvas.className = "map-sign";
  canvas.setAttribute("aria-hidden", "true");
  const pen = canvas.getContext("2d");
  pen.scale(dense, dense);
  drawMark(pen, { x: size / 2, y: size / 2 }, { radius: 7, ...look });
  return canvas;
}
