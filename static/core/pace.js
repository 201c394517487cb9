// News come in bursts: the first is shown at once, what follows it together, and never by two looks side by side.
const EVERY_MS = 400; // from the beginning of one look to that of the next
const REST_MS = 100; // at least so long the page is its user's alone

export function paced(look) {
  let busy = false;
  let wanted = false;
  // ``atOnce`` waits for nothing: it shows what one has done oneself.
  async function soon({ atOnce = false } = {}) {
    if ((busy && !atOnce) || document.hidden) {
      wanted = true;
      return;
    }
    busy = true;
    wanted = false;
    const began = performance.now();
    await look();
    setTimeout(() => {
      busy = false;
      if (wanted) soon();
    }, Math.max(REST_MS, EVERY_MS - (performance.now() - began)));
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && wanted) soon();
  });
  return soon;
}
