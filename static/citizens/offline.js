// The page that says that there is no network, when there is one again: what was asked for is opened.
const page = document.querySelector("[data-offline-page]");
const AT_FIRST = 2; // Seconds between two looks, and at most.
const AT_MOST = 30;
let next = 0;

function arrive() {
  if (location.pathname !== page.dataset.offlinePage) {
    location.reload();
    return;
  }
  page.hidden = true;
  document.querySelector("[data-online-page]").hidden = false;
}

// The device says that it is connected before anything can be reached.
async function look(seconds) {
  clearTimeout(next);
  if (navigator.onLine) {
    try {
      await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
      arrive();
      return;
    } catch {
      // Later.
    }
  }
  next = setTimeout(look, seconds * 1000, Math.min(AT_MOST, seconds * 2));
}

addEventListener("online", () => look(AT_FIRST));
next = setTimeout(look, AT_FIRST * 1000, AT_FIRST * 2);
