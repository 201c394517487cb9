// The place of a remark on a map, fetched when somebody wants to see it.
import { CityMap } from "../../core/map/index.js";

for (const fold of document.querySelectorAll("[data-spot]")) {
  let seen = false;
  fold.addEventListener("toggle", async () => {
    if (!fold.open || seen) return;
    seen = true;
    const [lon, lat] = [Number(fold.dataset.lon), Number(fold.dataset.lat)];
    const city = await CityMap.open(fold.querySelector(".map"), { basemap: true });
    city.go(lon, lat, 15);
    city.pin(lon, lat);
  });
}
