// A click on the map fills in the point; the form asks whose it was.
import { pick } from "../core/map/index.js";

const form = document.querySelector("[data-whose]");
const lon = form.querySelector("[data-lon]");
const lat = form.querySelector("[data-lat]");
const told = (x, y) => {
  lon.value = x;
  lat.value = y;
  form.requestSubmit();
};
const start = lon.value && lat.value && Number.isFinite(Number(lon.value)) && Number.isFinite(Number(lat.value)) ? [Number(lon.value), Number(lat.value)] : null;
pick(document.querySelector("[data-pick]"), told, start);
