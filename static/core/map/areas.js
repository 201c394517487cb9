// Areas of a page on the map: each with its style, a name under the pointer, and a choice.
import { L } from "./leaflet.js";

export class Areas {
  constructor(city, features, { style, tip = null, chosen = null }) {
    this.city = city;
    this.style = style;
    this.byCode = new Map();
    this.layer = L.geoJSON(features, {
      style: (feature) => style(feature.properties),
      onEachFeature: (feature, layer) => {
        this.byCode.set(feature.properties.code, layer);
        if (tip) layer.bindTooltip(tip(feature.properties), { sticky: true, className: "map-tip" });
        if (chosen) layer.on("click", () => chosen(feature.properties.code));
      },
    }).addTo(city.map);
  }

  repaint(front = "") {
    this.layer.setStyle((feature) => this.style(feature.properties));
    this.byCode.get(front)?.bringToFront();
  }

  // [west, south, east, north] of these codes, or of all.
  bounds(codes = []) {
    const found = codes.map((code) => this.byCode.get(code)).filter(Boolean);
    const all = L.featureGroup(found.length ? found : [...this.byCode.values()]).getBounds();
    return all.isValid() ? [all.getWest(), all.getSouth(), all.getEast(), all.getNorth()] : null;
  }

  holds(code) {
    const layer = this.byCode.get(code);
    return !layer || this.city.map.getBounds().contains(layer.getBounds());
  }
}
