// Short marks on the shapes that are large enough to carry one.
import { Labels } from "./labels.js";

export class Marks {
  constructor(map, labels = new Labels(map)) {
    this.map = map;
    this.labels = labels;
    this.told = () => [];
  }

  // ``told()`` gives [layer, text, strong] for each shape.
  show(told) {
    this.told = told;
    this.labels.source("marks", () => this.wanted());
  }

  draw() {
    this.labels.plan();
  }

  *wanted() {
    const seen = this.map.getBounds();
    for (const [layer, text, strong] of this.told()) {
      const bounds = layer.getBounds();
      if (!seen.intersects(bounds)) continue;
      const corner = this.map.latLngToContainerPoint(bounds.getNorthEast()).subtract(this.map.latLngToContainerPoint(bounds.getSouthWest()));
      if (Math.abs(corner.y) < 18) continue;
      const { label } = layer.feature.properties;
      const { lng, lat } = bounds.getCenter();
      yield { at: label ?? [lng, lat], text, rank: strong ? 80 : 70, look: strong ? "ground-mark ground-mark-strong" : "ground-mark", room: Math.abs(corner.x) + 12 };
    }
  }
}
