// What is typed into an announcement survives a reload; once it is saved there is nothing to keep.
import { forgetDraft, restoreDrafts } from "../core/drafts.js";

restoreDrafts(document);
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-draft]")) forgetDraft(event.target);
});
