// Forms that send where one stands: shown where the device can tell, filled in when they are sent.
for (const form of document.querySelectorAll("[data-here]")) {
  if (!navigator.geolocation) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.lon.value) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lon.value = coords.longitude.toFixed(6);
        form.elements.lat.value = coords.latitude.toFixed(6);
        form.requestSubmit();
      },
      () => {
        button.removeAttribute("aria-busy");
        form.querySelector("[data-here-wrong]").hidden = false;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
}

// A button that writes down where one stands, for the form around it, and says which place that is.
for (const line of document.querySelectorAll("[data-take-here]")) {
  if (navigator.geolocation) takeHere(line);
}

function takeHere(line) {
  const { form } = line.parentElement.querySelector("[name=lon]");
  const { lon, lat, community } = form.elements;
  const part = (name) => line.querySelector(`[data-here-${name}]`);
  const say = (shown) => ["seeking", "done", "wrong"].forEach((name) => (part(name).hidden = name !== shown));

  async function told() {
    const at = `${lon.value} ${lat.value} ${community.value}`;
    const body = new URLSearchParams({ lon: lon.value, lat: lat.value, community: community.value });
    const answer = await fetch(line.dataset.place, { method: "POST", body }).catch(() => null);
    const { place = "", warning = "" } = answer?.ok ? await answer.json() : {};
    if (at !== `${lon.value} ${lat.value} ${community.value}`) return;
    part("name").textContent = place;
    part("warning").textContent = warning;
    part("warning").hidden = !warning;
  }

  function put(x, y) {
    [lon.value, lat.value] = [x, y];
    part("name").textContent = part("warning").textContent = "";
    part("warning").hidden = true;
    part("drop").hidden = !x;
    say(x ? "done" : "");
    if (x) told();
  }

  line.hidden = false;
  part("take").addEventListener("click", () => {
    say("seeking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => put(coords.longitude.toFixed(6), coords.latitude.toFixed(6)),
      () => {
        put("", "");
        say("wrong");
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
  part("drop").addEventListener("click", () => put("", ""));
  community.addEventListener("change", () => lon.value && told());
  if (lon.value) put(lon.value, lat.value);
}
