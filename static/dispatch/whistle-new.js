// A new whistle: the place by a map, whom to call by what is chosen; nothing typed is lost.
import { forgetDraft, restoreDrafts } from "../core/drafts.js";
import { bindPlaces } from "../core/place.js";

function choose() {
  const chosen = document.querySelector("input[name=kind]:checked")?.value;
  for (const box of document.querySelectorAll("details[data-of]")) box.open = box.dataset.of === chosen;
}

restoreDrafts(document);
bindPlaces(document);
document.addEventListener("change", (event) => event.target.name === "kind" && choose());
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-draft]")) forgetDraft(event.target);
});
choose();
