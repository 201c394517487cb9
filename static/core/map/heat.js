// Heat of the weights on a lattice: soft discs of grey on a canvas, coloured by how much lies together.
import { getJson, L, token } from "./leaflet.js";

const PANE = "lianqin-heat";
const RAMP = [[0, "--load-2", 0], [0.3, "--load-2", 0.5], [0.55, "--load-3", 0.7], [0.8, "--load-4", 0.8], [1, "--load-5", 0.88]];

function palette() {
  const canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const line = pen.createLinearGradient(0, 0, 256, 0);
  for (const [at, name, alpha] of RAMP) line.addColorStop(at, `${token(name)}${Math.round(alpha * 255).toString(16).padStart(2, "0")}`);
  pen.fillStyle = line;
  pen.fillRect(0, 0, 256, 1);
  return pen.getImageData(0, 0, 256, 1).data;
}

function disc(radius) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = radius * 2;
  const pen = canvas.getContext("2d");
  const glow = pen.createRadialGradient(radius, radius, 0, radius, radius, radius);
  glow.addColorStop(0, "rgba(0,0,0,1)");
  glow.addColorStop(0.45, "rgba(0,0,0,0.42)");
  glow.addColorStop(1, "rgba(0,0,0,0)");
  pen.fillStyle = glow;
  pen.fillRect(0, 0, radius * 2, radius * 2);
  return canvas;
}

export class HeatLayer {
  constructor({ source = "/api/v1/map/heat/", days = 7, told = () => {} } = {}) {
    Object.assign(this, { source, days, told, points: [] });
  }

  add(city) {
    this.city = city;
    this.map = city.map;
    const pane = this.map.getPane(PANE) ?? this.map.createPane(PANE);
    pane.classList.add("map-heat");
    this.canvas = pane.appendChild(Object.assign(document.createElement("canvas"), { className: "leaflet-zoom-hide" }));
    this.follow = () => this.draw();
    this.map.on("moveend zoomend viewreset resize", this.follow);
    window.addEventListener("lianqin:theme", this.follow);
    this.reload();
    return this;
  }

  remove() {
    this.asked = null;
    this.map?.off("moveend zoomend viewreset resize", this.follow);
    window.removeEventListener("lianqin:theme", this.follow);
    this.canvas?.remove();
    this.map = null;
  }

  setDays(days) {
    this.days = days;
    return this.reload();
  }

  async reload() {
    const asked = (this.asked = Symbol("asked"));
    try {
      const answer = await getJson(`${this.source}?days=${this.days}`);
      if (this.asked !== asked || !this.map) return;
      this.points = answer.results;
      this.draw();
      this.told(answer);
    } catch {
      if (this.asked === asked) this.told({ failed: true, total: 0, results: [] });
    }
  }

  draw() {
    if (!this.map) return;
    const size = this.map.getSize();
    // Half the pixels: heat has no edges, and colouring costs by the pixel.
    const [wide, high] = [Math.ceil(size.x / 2), Math.ceil(size.y / 2)];
    Object.assign(this.canvas, { width: wide, height: high });
    Object.assign(this.canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint([0, 0]));
    if (!wide || !high || !this.points.length) return;
    const pen = this.canvas.getContext("2d", { willReadFrequently: true });
    const radius = Math.round(Math.max(11, Math.min(42, 2.4 ** (this.map.getZoom() - 9.3) + 8)));
    const stamp = disc(radius);
    const seen = [];
    for (const [lon, lat, weight] of this.points) {
      const { x, y } = this.map.latLngToContainerPoint([lat, lon]);
      if (x > -radius * 2 && y > -radius * 2 && x < size.x + radius * 2 && y < size.y + radius * 2) seen.push([x / 2, y / 2, weight]);
    }
    const most = seen.map((each) => each[2]).sort((a, b) => a - b)[Math.floor(seen.length * 0.97)] || 1;
    for (const [x, y, weight] of seen) {
      pen.globalAlpha = Math.min(0.9, Math.max(0.06, (weight / most) * 0.6));
      pen.drawImage(stamp, x - radius, y - radius);
    }
    this.colour(pen, wide, high);
  }

  colour(pen, wide, high) {
    const image = pen.getImageData(0, 0, wide, high);
    const { data } = image;
    const colours = palette();
    for (let i = 3; i < data.length; i += 4) {
      const at = data[i] * 4;
      if (!at) continue;
      data[i - 3] = colours[at];
      data[i - 2] = colours[at + 1];
      data[i - 1] = colours[at + 2];
      data[i] = colours[at + 3];
    }
    pen.putImageData(image, 0, 0);
  }
}
