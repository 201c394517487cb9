// A new whistle: the place by a map, whom to call by what is chosen; nothing typed is lost.
import { fragment } from "../core/api.js";
import { forgetDraft, restoreDrafts } from "../core/drafts.js";
import { bindPlaces } from "../core/place.js";

function choose() {
  const chosen = document.querySelector("input[name=kind]:checked")?.value;
  for (const box of document.querySelectorAll("details[data-of]")) box.open = box.dataset.of === chosen;
}

// Whom one may call depends on the place: what is typed goes along, so that nothing chosen is lost.
async function askWhom() {
  const typed = new URLSearchParams(new FormData(document.querySelector("form[data-draft]")));
  typed.delete("csrfmiddlewaretoken");
  try {
    const incoming = new DOMParser().parseFromString(await fragment(`${location.pathname}?${typed}`), "text/html");
    const [here, part] = [document, incoming].map((root) => root.querySelector("[data-part=whistle-whom]"));
    if (part) here.replaceChildren(...part.childNodes);
    choose();
  } catch {
    // The service checks again; another tap on the map asks again.
  }
}

restoreDrafts(document);
bindPlaces(document);
document.addEventListener("lianqin:placed", askWhom);
document.addEventListener("change", (event) => event.target.name === "kind" && choose());
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-draft]")) forgetDraft(event.target);
});
choose();
