// Fields marked data-place-picker: a map to put a pin on, the grid found by the server, the device's own place.
import { get } from "./api.js";
import { mapOf, pick } from "./map/index.js";
import { word } from "./words.js";

async function name(field, lon, lat) {
  const text = field.querySelector("[data-place-text]");
  text.textContent = word("place_seeking");
  try {
    const place = await get(`${field.dataset.locate}?lon=${lon}&lat=${lat}`);
    text.textContent = place.path || [place.street, place.community, place.grid].map((part) => part?.short_name || part?.name || "").filter(Boolean).join(" · ") || word("place_found");
    field.dispatchEvent(new CustomEvent("lianqin:placed", { bubbles: true, detail: place }));
  } catch (problem) {
    text.textContent = problem.status === 404 ? word("place_outside") : word("place_unknown");
  }
}

async function bind(field) {
  if (field.dataset.bound) return;
  field.dataset.bound = "1";
  const box = field.querySelector("[data-map]");
  const lon = field.querySelector("[data-lon]");
  const lat = field.querySelector("[data-lat]");
  const told = (x, y) => {
    lon.value = x;
    lat.value = y;
    lon.dispatchEvent(new Event("change", { bubbles: true }));
    name(field, x, y);
  };
  const start = lon.value && lat.value ? [Number(lon.value), Number(lat.value)] : null;
  const { put } = await pick(box, told, start);
  if (start) name(field, ...start);
  field.querySelector("[data-here]")?.addEventListener("click", () => {
    navigator.geolocation?.getCurrentPosition(({ coords }) => put(coords.longitude, coords.latitude), () => {
      field.querySelector("[data-place-text]").textContent = word("place_refused");
    });
  });
}

export function bindPlaces(root) {
  for (const field of root.querySelectorAll("[data-place-picker]")) {
    const dialog = field.closest("dialog");
    if (!dialog) bind(field);
    else {
      dialog.addEventListener("lianqin:opened", async () => {
        await bind(field);
        (await mapOf(field.querySelector("[data-map]"))).map.invalidateSize();
      });
    }
  }
}
