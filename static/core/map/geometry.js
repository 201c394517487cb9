// Points and polygons in degrees (longitude, latitude), without the map.
const ringHolds = (ring, x, y) => {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
};
export const polygonsOf = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates);

export function boxOf(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outer] of polygonsOf(geometry)) {
    for (const [x, y] of outer) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return box;
}

export const boxHolds = (box, x, y) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];

export const holds = (geometry, x, y) => polygonsOf(geometry).some(([outer, ...holes]) => ringHolds(outer, x, y) && !holes.some((hole) => ringHolds(hole, x, y)));

// A division within another has its code as a prefix: 6 digits a district, 9 a street, 12 a community, 15 a grid.
export const LEVELS = ["district", "street", "community", "grid"];
const DIGITS = { district: 6, street: 9, community: 12, grid: 15 };
export const levelOf = (code) => LEVELS.find((level) => DIGITS[level] === code.length) ?? "";
export const parentOf = (code) => ({ 9: code.slice(0, 6), 12: code.slice(0, 9), 15: code.slice(0, 12) })[code.length] ?? "";
export const levelBelow = (code) => LEVELS[LEVELS.indexOf(levelOf(code)) + 1] ?? "grid";
export const isWithin = (code, place) => !place || code.startsWith(place);
