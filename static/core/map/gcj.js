// GCJ-02, which Chinese maps are drawn in, and the WGS-84 of everything of ours. The same figures as grids/coordinates.py.
const AXIS = 6378245;
const E2 = 0.00669342162296594323;
const { PI, abs, cos, sin, sqrt } = Math;

const outside = (lon, lat) => !(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271);
const waves = (x, long, middle) => ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI) + 20 * sin(x * PI) + 40 * sin((x / 3) * PI) + middle * sin((x / 12) * PI) + long * sin((x / 30) * PI)) * 2) / 3;

function offset(lon, lat) {
  const x = lon - 105;
  const y = lat - 35;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves(x, 300, 150);
  const turn = (lat * PI) / 180;
  const bulge = 1 - E2 * sin(turn) ** 2;
  return [((east / ((AXIS / sqrt(bulge)) * cos(turn))) * 180) / PI, ((north / ((AXIS * (1 - E2)) / (bulge * sqrt(bulge)))) * 180) / PI];
}

export function toGcj(lon, lat) {
  if (outside(lon, lat)) return [lon, lat];
  const [x, y] = offset(lon, lat);
  return [lon + x, lat + y];
}

// By iteration, to well under a millimetre.
export function fromGcj(lon, lat) {
  if (outside(lon, lat)) return [lon, lat];
  let [x, y] = [lon, lat];
  for (let i = 0; i < 8; i += 1) {
    const [there, up] = toGcj(x, y);
    x += lon - there;
    y += lat - up;
  }
  return [x, y];
}
