// Names wherever the map stands: a community is named where one can see it, however near one looks.
const PARTS = [1 / 8, 3 / 8, 5 / 8, 7 / 8];
const FROM = 12.6; // The zoom at which communities are named at all.
const STREET_FROM = 13.5; // Nearer than this the name of the street has left the picture.
const EDGE = 30; // px

export function nameAlways({ map, ground, labels }) {
  if (!ground) return;
  ground.quiet.add("community");
  labels.source("seen", () => (map.getZoom() < FROM ? [] : named(map, ground)));
}

// "Street · community" of a place, from what the map has loaded; empty where it does not know.
export function nameOf(ground, lon, lat) {
  const community = ground?.at(lon, lat, "community");
  if (!community) return "";
  const { parent, name, short_name: brief } = community.properties;
  return `${ground.get(parent)?.properties.name ?? ""} · ${brief || name}`;
}

function* named(map, ground) {
  const nearer = map.getZoom() >= STREET_FROM;
  for (const [feature, spots] of seen(map, ground)) {
    const { label, name, short_name: brief, parent } = feature.properties;
    const street = ground.get(parent)?.properties;
    const note = nearer && street ? street.name : "";
    yield { at: label && isInside(map, label) ? label : middle(spots), text: brief || name, note, rank: 30 + spots.length, lifts: [0, -36, 36, -64, 64], look: "map-name-community" };
  }
}

// Each community of the picture with the spots of it that a rough net over the picture meets.
function seen(map, ground) {
  const { x, y } = map.getSize();
  const found = new Map();
  for (const down of PARTS) {
    for (const right of PARTS) {
      const { lng, lat } = map.containerPointToLatLng([x * right, y * down]);
      const feature = ground.at(lng, lat, "community");
      if (feature) found.set(feature, [...(found.get(feature) ?? []), [lng, lat]]);
    }
  }
  return found;
}

function isInside(map, [lon, lat]) {
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  const size = map.getSize();
  return x > EDGE && y > EDGE && x < size.x - EDGE && y < size.y - EDGE;
}

// The spot nearest to the mean of all: a mean may lie in somebody else's ground.
function middle(spots) {
  const mean = [0, 1].map((axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length);
  const far = ([lon, lat]) => (lon - mean[0]) ** 2 + (lat - mean[1]) ** 2;
  return spots.reduce((best, spot) => (far(spot) < far(best) ? spot : best));
}
