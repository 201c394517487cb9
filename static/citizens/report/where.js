// Where it is: the device's own position, or a pin on the map, which is fetched when it is opened.
import { word } from "../../core/words.js";

const LEVELS = ["district", "street", "community"];
const NEAR = 14; // A zoom that shows where one is: two or three kilometres, with their names.

export function bindWhere(form, changed) {
  const { lon, lat, address } = form.elements;
  const box = form.querySelector(".where-map");
  const told = form.querySelector("[data-place]");
  const opener = form.querySelector("[data-open-map]");
  let map = null;
  form.querySelector("[data-ways]").hidden = false;

  const say = (text) => {
    told.textContent = text;
    told.hidden = !text;
  };
  const set = (x, y, name = "") => {
    lon.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    say(name || word("place_set"));
    changed();
  };

  form.querySelector("[data-here]").addEventListener("click", () => {
    if (!navigator.geolocation) {
      say(word("place_refused"));
      return;
    }
    say(word("place_seeking"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set(coords.longitude, coords.latitude);
        map?.then((opened) => opened.put(coords.longitude, coords.latitude));
      },
      () => say(word("place_refused")),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });

  opener.addEventListener("click", () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) map ??= openMap(box, set, lon.value ? [Number(lon.value), Number(lat.value)] : null);
  });
  if (lon.value) say(word("place_set"));
  return { say };
}

function style(href) {
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: resolve });
    document.head.append(link);
  });
}

async function openMap(box, set, start) {
  await Promise.all(box.dataset.style.split(" ").map(style));
  const { CityMap } = await import("../../core/map/index.js");
  const { nameAlways, nameOf } = await import("./names.js");
  const city = await CityMap.open(box, { levels: LEVELS });
  box.setAttribute("aria-label", word("map_pick"));
  if (city.ground) city.frame();
  nameAlways(city);
  let pin = null;
  const told = (lon, lat) => set(lon, lat, nameOf(city.ground, lon, lat));
  const put = (lon, lat) => {
    if (pin) pin.move(lon, lat);
    else pin = city.pin(lon, lat, { draggable: true, told });
  };
  const choose = (lon, lat) => {
    put(lon, lat);
    told(lon, lat);
  };
  city.onClick(choose);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    const { lng, lat } = city.map.getCenter();
    choose(lng, lat);
  });
  const show = (lon, lat) => {
    put(lon, lat);
    city.go(lon, lat, NEAR);
  };
  if (start) show(...start);
  else lookAround(city);
  return { put: show };
}

// Who has let this site know the position before sees the map there at once; nobody is asked for it by a map.
async function lookAround(city) {
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (allowed?.state !== "granted") return;
  navigator.geolocation.getCurrentPosition(({ coords }) => city.go(coords.longitude, coords.latitude, NEAR), () => {}, { timeout: 5000, maximumAge: 60000 });
}
