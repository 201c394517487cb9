// The map beside the list of whistles: where people are waited for now.
import { get } from "../core/api.js";
import { CityMap, layers } from "../core/map/index.js";

const REST = 2500;
const box = document.querySelector("[data-whistle-map]");

async function rows() {
  const { results } = await get(box.dataset.source);
  return results.map(({ id, matter, place, lon, lat, due_at: due }) => ({
    code: String(id), name: `${matter} · ${place}`, lon, lat, shape: "diamond", tone: Date.parse(due) < Date.now() ? "critical" : "primary",
  }));
}

async function start() {
  const city = await CityMap.open(box, { keyboard: true, basemap: false });
  if (!city.ground) return;
  city.frame();
  const places = city.add("whistles", layers.placesLayer(await rows().catch(() => []), {
    chosen: (code) => location.assign(`/whistles/${code}/`),
  }));
  let waiting = null;
  const again = async () => {
    waiting = null;
    const found = await rows().catch(() => null);
    if (found) places.setRows(found);
  };
  for (const news of ["lianqin:order", "lianqin:notice", "lianqin:reset"]) {
    document.addEventListener(news, () => (waiting ??= setTimeout(again, REST)));
  }
}

if (box) start();
