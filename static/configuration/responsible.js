// A click on the map fills in the point; with a matter chosen the form asks who is responsible there.
import { pick } from "../core/map/index.js";

const form = document.querySelector("[data-responsible]");
const lon = form.querySelector("[data-lon]");
const lat = form.querySelector("[data-lat]");
const told = (x, y) => {
  lon.value = x;
  lat.value = y;
  form.querySelector("[data-grid]").value = "";
  if (form.elements.category.value) form.requestSubmit();
  else form.elements.category.focus();
};
const start = lon.value && lat.value && Number.isFinite(Number(lon.value)) && Number.isFinite(Number(lat.value)) ? [Number(lon.value), Number(lat.value)] : null;
pick(document.querySelector("[data-pick]"), told, start);
