// The code of an appeal is kept on the device that sent it, with those of its reports.
import "./report/queue.js";

const SENT = "lianqin_appealed";
const form = document.querySelector("[data-appeal]");
const given = document.querySelector("[data-appeal-code]");

form?.addEventListener("submit", () => sessionStorage.setItem(SENT, "1"));
// Who only looks the answer up keeps nothing by it.
if (given && sessionStorage.getItem(SENT)) {
  sessionStorage.removeItem(SENT);
  const code = given.textContent.trim();
  self.lianqinQueue.keepReceipt({ code, spelled: code, link: location.pathname, title: given.dataset.appealCode, at: Date.now() });
}
