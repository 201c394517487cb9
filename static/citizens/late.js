// What waits on this device is sent from every page of the site; who has kept nothing here loads nothing.
const box = document.querySelector("[data-late]");
const REST = 30; // Seconds until the next try.
let next = 0;

// Asking for a store that is not there would make it.
export async function isKept() {
  if (!self.indexedDB) return false;
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some(({ name }) => name === "lianqin-citizen");
}

async function sendLate() {
  clearTimeout(next);
  if (!(await isKept())) return;
  const [, { tellArrived }] = await Promise.all([import("./report/queue.js"), import("./report/given.js")]);
  const store = self.lianqinQueue;
  const waits = navigator.onLine !== false && (await store.all("queue")).some((report) => !report.refused);
  const { sent, later } = waits ? await store.sendAll(box.dataset.late) : { sent: [], later: 0 };
  if (later) next = setTimeout(quietly, (Math.max(later, REST) + Math.random() * 5) * 1000);
  await tellArrived(box, sent);
}

if (/(^|; )lianqin_type=large/.test(document.cookie)) document.documentElement.dataset.type = "large"; // A kept page is anybody's.
const quietly = () => sendLate().catch(() => {});
window.addEventListener("online", quietly);
// The worker was quicker.
navigator.serviceWorker?.addEventListener("message", quietly);
quietly();
