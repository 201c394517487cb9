// A map beside a form: a click or a drag puts the place, typed figures move the mark, the grid is named.
import { CityMap } from "../core/map/index.js";
import { getJson } from "../core/map/leaflet.js";

async function start(box) {
  const city = await CityMap.open(box, { basemap: true });
  const editing = box.hasAttribute("data-edit");
  const fields = editing ? [document.getElementById(box.dataset.lonField), document.getElementById(box.dataset.latField)] : null;
  const told = document.querySelector("[data-place-told]");
  const read = () => (fields ? fields.map((field) => Number.parseFloat(field.value)) : [Number(box.dataset.lonValue), Number(box.dataset.latValue)]);
  let pin = null;

  async function name(lon, lat) {
    if (!told) return;
    const place = await getJson(`${box.dataset.locate}?lon=${lon}&lat=${lat}`).catch(() => null);
    told.textContent = place ? [place.street, place.community, place.grid].map((part) => part.short_name).join(" · ") : box.dataset.outside;
  }

  function put(lon, lat) {
    if (pin) pin.move(lon, lat);
    else pin = city.pin(lon, lat, { draggable: editing, told: tell });
    if (editing) name(lon, lat);
  }

  function tell(lon, lat) {
    fields[0].value = lon.toFixed(6);
    fields[1].value = lat.toFixed(6);
    put(lon, lat);
  }

  const [lon, lat] = read();
  if (Number.isFinite(lon) && Number.isFinite(lat)) {
    city.go(lon, lat, 16);
    put(lon, lat);
  } else city.frame();
  if (!editing) return;
  city.onClick(tell);
  for (const field of fields) field.addEventListener("change", () => {
    const [x, y] = read();
    if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(y) > 85) return void (told.textContent = box.dataset.swapped);
    put(x, y);
    city.go(x, y, 0);
  });
}

document.querySelectorAll("[data-place-map]").forEach(start);
