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

// A button that writes down where one stands, for the form around it.
for (const line of document.querySelectorAll("[data-take-here]")) {
  if (!navigator.geolocation) continue;
  line.hidden = false;
  const { form } = line.parentElement.querySelector("[name=lon]");
  const say = (name) => line.querySelectorAll("span").forEach((each) => (each.hidden = !(name in each.dataset)));
  line.querySelector("button").addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lon.value = coords.longitude.toFixed(6);
        form.elements.lat.value = coords.latitude.toFixed(6);
        say("hereDone");
      },
      () => say("hereWrong"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    ),
  );
}
