// What waits on this device is sent from every page of the site; who has nothing waiting loads nothing.
const box = document.querySelector("[data-late]");
const REST = 30; // Seconds until the next try.
let next = 0;

// Asking for a store that is not there would make it.
async function isKept() {
  if (!self.indexedDB) return false;
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some(({ name }) => name === "lianqin-citizen");
}

async function sendLate() {
  clearTimeout(next);
  if (navigator.onLine === false || !(await isKept())) return;
  await import("./report/queue.js");
  const store = self.lianqinQueue;
  if (!(await store.all("queue")).some((report) => !report.refused)) return;
  const { sent, later } = await store.sendAll(box.dataset.late);
  if (later) next = setTimeout(sendLate, (Math.max(later, REST) + Math.random() * 5) * 1000);
  if (!sent.length) return;
  const { tell } = await import("./report/given.js");
  tell(box, sent);
}

if (/(^|; )lianqin_type=large/.test(document.cookie)) document.documentElement.dataset.type = "large"; // A kept page is anybody's.
const quietly = () => sendLate().catch(() => {});
window.addEventListener("online", quietly);
quietly();
