// What is kept on the device: the draft, reports that wait for a network, receipts. A classic script, so that the page
// and its worker share it: `self.lianqinQueue`.
(() => {
  const NAME = "lianqin-citizen";
  const STORES = ["drafts", "queue", "sent"];
  const REFUSED = [400, 403, 404, 411, 413];

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

  function body(report) {
    const form = new FormData();
    for (const [name, value] of Object.entries(report.fields)) form.append(name, value);
    for (const file of report.files) form.append("files", file.blob, file.name);
    return form;
  }

  // One report: "sent" with its receipt, "refused" with the reasons, or "later".
  async function send(url, report) {
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body: body(report), headers: { Accept: "application/json" }, credentials: "same-origin" });
    } catch {
      return { state: "later", offline: true };
    }
    if (answer.status === 201) {
      const receipt = { ...(await answer.json()), at: Date.now(), title: report.fields.words.slice(0, 40) };
      await put("sent", receipt.code, receipt).catch(() => {});
      await drop("queue", report.fields.client_key).catch(() => {});
      return { state: "sent", receipt };
    }
    if (!REFUSED.includes(answer.status)) return { state: "later", offline: false };
    const errors = await answer.json().then((told) => told.errors ?? {}, () => ({}));
    return { state: "refused", errors };
  }

  // Everything that waits. The server gives one receipt for a key however often it is sent.
  async function sendAll(url, { retry = false } = {}) {
    const round = async () => {
      const sent = [];
      let later = false;
      for (const report of await all("queue")) {
        if (report.refused) continue;
        const told = await send(url, report);
        if (told.state === "sent") sent.push(told.receipt);
        else if (told.state === "refused") await put("queue", report.fields.client_key, { ...report, refused: Object.values(told.errors).flat().join("；") || "?" });
        else later = true;
      }
      return { sent, later };
    };
    const told = await (self.navigator.locks ? self.navigator.locks.request("lianqin-send", round) : round());
    if (told.sent.length && self.clients) for (const page of await self.clients.matchAll()) page.postMessage("sent");
    // A sync that fails is tried again by the browser.
    if (told.later && retry) throw new Error("some reports wait");
    return told;
  }

  self.lianqinQueue = { put, get, all, drop, send, sendAll };
})();
