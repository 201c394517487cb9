// How much of a report has left, with a way to stop it; fetch tells nobody.
import { word } from "../../core/words.js";

export function bindSending(form) {
  const box = form.querySelector("[data-sending]");
  const told = box.querySelector("[data-sending-told]");
  const bar = box.querySelector("progress");
  let under = null;
  let cancelled = false;
  box.querySelector("[data-cancel]").addEventListener("click", () => {
    cancelled = true;
    under?.abort();
  });

  const say = (part) => {
    bar.value = Math.round(part * 100);
    told.textContent = part < 1 ? word("sending_part", { n: bar.value }) : word("sending_ending");
  };

  // As `fetch` of the queue: rejects where there is no network, and where somebody has cancelled.
  function post(url, body) {
    return new Promise((resolve, reject) => {
      const request = (under = new XMLHttpRequest());
      request.open("POST", url);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => say(total ? loaded / total : 0);
      request.onload = () =>
        resolve({ status: request.status, headers: { get: (name) => request.getResponseHeader(name) }, json: async () => JSON.parse(request.responseText) });
      request.onerror = request.onabort = request.ontimeout = () => reject(new TypeError("network"));
      request.send(body);
    });
  }

  return {
    post,
    begin() {
      cancelled = false;
      bar.value = 0;
      told.textContent = word("sending");
      box.hidden = false;
    },
    end() {
      box.hidden = true;
      under = null;
      return cancelled;
    },
  };
}
