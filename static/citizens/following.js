/** Progress that looks again by itself, and codes read by the camera where the browser can. */

const EVERY = 60_000;

/** Load the page anew if its order has moved and nobody is writing. */
async function lookAgain(shown) {
  const writing = document.querySelector("details[open], textarea:focus, input:checked:not(:disabled)");
  if (document.hidden || writing) return;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-refresh]");
    if (now && now.dataset.refresh !== shown.dataset.refresh) location.replace(location.pathname);
  } catch {
    // No network: it will be looked for again.
  }
}

/** Offer the camera where the browser reads codes itself. */
async function offerScan(box) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const kinds = await window.BarcodeDetector.getSupportedFormats();
  if (!kinds.includes("qr_code")) return;
  box.hidden = false;
  box.querySelector("[data-scan-start]").addEventListener("click", () => scan(box));
}

async function scan(box) {
  const told = box.querySelector("[data-scan-told]");
  const view = box.querySelector("[data-scan-view]");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    told.textContent = "打不开相机，请直接输入查询码。";
    return;
  }
  view.srcObject = stream;
  view.hidden = false;
  await view.play();
  told.textContent = "请把二维码放进画面。";
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const until = Date.now() + 60_000;
  const look = async () => {
    const [found] = await detector.detect(view).catch(() => []);
    const code = found && /\/citizen\/track\/([0-9A-Za-z-]+)\/?/.exec(found.rawValue);
    if (!code && Date.now() < until) {
      setTimeout(look, 200);
      return;
    }
    for (const track of stream.getTracks()) track.stop();
    view.hidden = true;
    told.textContent = code ? "" : "没有认出二维码，请直接输入查询码。";
    if (code) location.href = `/citizen/track/${code[1]}/`;
  };
  look();
}

const shown = document.querySelector("[data-refresh]");
if (shown) setInterval(() => lookAgain(shown), EVERY);
const box = document.querySelector("[data-scan]");
if (box) offerScan(box);
