// What is kept on the device: the draft, reports that wait for a network, receipts. A classic script, so that the page
// and its worker share it: `self.lianqinQueue`.
(() => {
  const NAME = "lianqin-citizen";
  const STORES = ["drafts", "queue", "sent"];
  const REFUSED = [400, 403, 404, 411, 413];
  const REST = 30; // Seconds until the next try where the server names none.

  const open = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => STORES.forEach((store) => asked.result.createObjectStore(store));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  async function work(store, mode, doing) {
    const db = await open();
    try {
      return await new Promise((resolve, reject) => {
        const done = db.transaction(store, mode);
        const asked = doing(done.objectStore(store));
        done.oncomplete = () => resolve(asked?.result);
        done.onerror = done.onabort = () => reject(done.error);
      });
    } finally {
      db.close();
    }
  }

  const put = (store, key, value) => work(store, "readwrite", (rows) => rows.put(value, key));
  const get = (store, key) => work(store, "readonly", (rows) => rows.get(key));
  const all = (store) => work(store, "readonly", (rows) => rows.getAll());
  const drop = (store, key) => work(store, "readwrite", (rows) => rows.delete(key));

  // What somebody wrote while signed in is not for whoever comes after them; what waits is still sent, as nobody's.
  async function forgetOthers(writer = "") {
    const drafts = await work("drafts", "readonly", (rows) => rows.getAllKeys());
    for (const key of drafts) if (key !== draftOf() && key !== draftOf(writer)) await drop("drafts", key);
    for (const report of await all("queue")) if (report.refused && isOthers(report, writer)) await drop("queue", report.fields.client_key);
  }

  const draftOf = (writer) => (writer ? `draft:${writer}` : "draft");
  const isOthers = ({ fields }, writer) => Boolean(fields.writer) && fields.writer !== writer;

  function body(report) {
    const form = new FormData();
    for (const [name, value] of Object.entries(report.fields)) form.append(name, value);
    for (const file of report.files) form.append("files", file.blob, file.name);
    return form;
  }

  const plain = (url, form) => fetch(url, { method: "POST", body: form, headers: { Accept: "application/json" }, credentials: "same-origin" });

  // Where much came from the same network the site asks for some work first: unseen, and for a second.
  async function worked(answer) {
    if (answer.status !== 429 || !self.isSecureContext) return "";
    const { puzzle } = await answer.json().catch(() => ({}));
    if (!puzzle || self.lianqinProof) return puzzle ? self.lianqinProof(puzzle).catch(() => "") : "";
    const worker = new Worker(puzzle.worker);
    return new Promise((resolve) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = () => resolve("");
      worker.postMessage(puzzle);
    }).finally(() => worker.terminate());
  }

  // A form that is sent at once, with work where it is asked for.
  async function ask(url, form) {
    const answer = await plain(url, form);
    const work = await worked(answer.clone());
    return work ? plain(`${url}?work=${encodeURIComponent(work)}`, form) : answer;
  }

  // One report: "sent" with its receipt, "refused" with the reasons, or "later", after so many seconds. `post` as `plain`.
  async function send(url, report, post = plain) {
    let answer;
    try {
      answer = await post(url, body(report));
      const work = await worked(answer);
      if (work) answer = await post(`${url}?work=${encodeURIComponent(work)}`, body(report));
    } catch {
      return { state: "later", offline: true };
    }
    if (answer.status === 201) {
      const given = await answer.json();
      const receipt = { ...given, key: report.fields.client_key, at: Date.now(), title: report.fields.words.slice(0, 40) || given.number };
      await keepReceipt(receipt);
      await drop("queue", report.fields.client_key).catch(() => {});
      return { state: "sent", receipt };
    }
    if (!REFUSED.includes(answer.status)) return { state: "later", offline: false, after: Number(answer.headers.get("Retry-After")) || REST };
    const { errors = {}, blocked } = await answer.json().catch(() => ({}));
    return { state: "refused", errors, blocked };
  }

  // Whoever is signed in finds it among their own: others who use the device need not.
  const keepReceipt = (receipt) => (receipt.listed ? undefined : put("sent", receipt.code, receipt).catch(() => {}));

  // Everything that waits. The server gives one receipt for a key however often it is sent.
  async function sendAll(url, { retry = false } = {}) {
    const round = async () => {
      const sent = [];
      let later = 0;
      for (const report of await all("queue")) {
        if (report.refused) continue;
        const told = await send(url, report);
        if (told.state === "sent") {
          sent.push(told.receipt);
          // Nobody may be looking: whichever page is opened next says that it has arrived.
          await keepReceipt({ ...told.receipt, untold: true });
        }
        else if (told.state === "refused") await put("queue", report.fields.client_key, { ...report, refused: Object.values(told.errors).flat().join("；") || "?" });
        else later = Math.max(later, told.after ?? REST);
      }
      return { sent, later };
    };
    const told = await (self.navigator.locks ? self.navigator.locks.request("lianqin-send", round) : round());
    if (told.sent.length && self.clients) for (const page of await self.clients.matchAll({ includeUncontrolled: true })) page.postMessage("sent");
    // A sync that fails is tried again by the browser.
    if (told.later && retry) throw new Error("some reports wait");
    return told;
  }

  self.lianqinQueue = { put, get, all, drop, ask, send, sendAll, keepReceipt, forgetOthers, draftOf, isOthers };
})();
