// A map beside a form: a click or a drag puts the place, typed figures move the mark, the grid is named.
import { getJson, fit, L, openMap, token } from "./ground-map.js";

async function start(box) {
  const map = await openMap(box);
  const editing = box.hasAttribute("data-edit");
  const fields = editing ? [document.getElementById(box.dataset.lonField), document.getElementById(box.dataset.latField)] : null;
  const told = document.querySelector("[data-place-told]");
  const read = () => (fields ? fields.map((field) => Number.parseFloat(field.value)) : [Number(box.dataset.lonValue), Number(box.dataset.latValue)]);
  let mark = null;

  async function name(lon, lat) {
    if (!told) return;
    const place = await getJson(`${box.dataset.locate}?lon=${lon}&lat=${lat}`).catch(() => null);
    told.textContent = place ? [place.street, place.community, place.grid].map((part) => part.short_name).join(" · ") : box.dataset.outside;
  }

  function put(lat, lon) {
    const at = L.latLng(lat, lon);
    if (mark) mark.setLatLng(at);
    else {
      mark = L.marker(at, { draggable: editing, keyboard: editing, icon: L.divIcon({ className: "", html: '<div class="map-target"></div>', iconSize: [34, 34] }) }).addTo(map);
      mark.on("dragend", () => tell(mark.getLatLng()));
    }
    if (editing) name(lon, lat);
  }

  function tell({ lat, lng }) {
    fields[0].value = lng.toFixed(6);
    fields[1].value = lat.toFixed(6);
    put(lat, lng);
  }

  const [lon, lat] = read();
  const known = Number.isFinite(lon) && Number.isFinite(lat);
  const ground = await getJson(`${box.dataset.boundaries}?level=grid`).catch(() => null);
  if (ground) {
    const shapes = L.geoJSON(ground.features.filter((each) => each.geometry), { interactive: false, style: { color: token("--map-line"), weight: 0.9, dashArray: "3 4", fill: false } }).addTo(map);
    if (!known) fit(map, shapes.getBounds());
  }
  if (known) {
    map.setView([lat, lon], 16);
    put(lat, lon);
  }
  if (!editing) return;
  map.on("click", (event) => tell(event.latlng));
  for (const field of fields) field.addEventListener("change", () => {
    const [x, y] = read();
    if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(y) > 85) return void (told.textContent = box.dataset.swapped);
    put(y, x);
    map.panTo([y, x]);
  });
}

document.querySelectorAll("[data-place-map]").forEach(start);
