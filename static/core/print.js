// The button that opens the printing window of the browser.
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
