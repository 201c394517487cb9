// Who is asked to wait and has a script proves instead, unseen, that it is no flood: then the form goes at once.
const form = document.querySelector("[data-wait]");
const puzzle = JSON.parse(form.dataset.puzzle);
const told = form.querySelector("[data-told]");
const button = form.querySelector("[data-again]");
const word = (name) => document.querySelector("[data-words]").content.querySelector(`[data-name="${name}"]`).textContent;
const waiting = told.textContent;

if (self.isSecureContext && self.Worker) {
  const worker = new Worker(puzzle.worker);
  const end = (proof) => {
    worker.terminate();
    button.disabled = false;
    told.textContent = proof ? word("done") : waiting;
    if (!proof) return;
    if (form.method === "get") form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "work", value: proof }));
    else form.action = `${form.getAttribute("action")}?work=${encodeURIComponent(proof)}`;
  };
  worker.onmessage = (event) => end(event.data);
  worker.onerror = () => end("");
  told.textContent = word("busy");
  button.disabled = true;
  worker.postMessage(puzzle);
}
