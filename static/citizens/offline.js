// The page that says that there is no network, when there is one again: what was asked for is opened.
const page = document.querySelector("[data-offline-page]");

addEventListener("online", () => {
  if (location.pathname !== page.dataset.offlinePage) {
    location.reload();
    return;
  }
  page.hidden = true;
  document.querySelector("[data-online-page]").hidden = false;
});
