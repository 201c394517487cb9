// Set the chosen palette before the first paint: a plain script on purpose, because modules wait for the document.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("lianqin:theme");
  } catch {
    // Storage may be forbidden; the palette of the page stays.
  }
  // The wall is dark whatever the desks are.
  if ("themeFixed" in document.documentElement.dataset) return;
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem("lianqin:theme", next);
    } catch {
      // The choice then lasts for this page only.
    }
    window.dispatchEvent(new CustomEvent("lianqin:theme", { detail: next }));
  });
})();
