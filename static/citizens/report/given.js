// The receipts that this device was given: their codes, and the way to them.
import { word } from "../../core/words.js";

export function link(name, href) {
  return Object.assign(document.createElement("a"), { className: "button", textContent: name, href });
}

export function button(name, doing) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: name });
  made.addEventListener("click", doing);
  return made;
}

export function line(title, told, ...buttons) {
  const item = document.createElement("li");
  item.className = "kept";
  const text = document.createElement("p");
  const head = document.createElement("b");
  head.textContent = title;
  const more = document.createElement("span");
  more.className = "soft";
  more.textContent = told;
  text.append(head, more);
  const doing = document.createElement("div");
  doing.className = "row";
  doing.append(...buttons);
  item.append(text, doing);
  return item;
}

// Say once, on whichever page is open, what has arrived; `sent` just now, of which what is listed elsewhere is not kept.
export async function tellArrived(box, sent = []) {
  const store = self.lianqinQueue;
  const kept = (await store.all("sent")).filter(({ untold }) => untold);
  for (const { untold, ...receipt } of kept) await store.keepReceipt(receipt);
  const arrived = [...kept, ...sent.filter(({ listed }) => listed)];
  if (arrived.length) tell(box, arrived);
}

// Say at the top of a page that they have arrived.
function tell(box, receipts) {
  const said = Object.assign(document.createElement("p"), { className: "note note-ok", textContent: word("sent") });
  const list = Object.assign(document.createElement("ul"), { className: "lines" });
  list.append(...receipts.map((receipt) => line(receipt.title, word("code_of", { code: receipt.spelled }), link(word("open_receipt"), receipt.link))));
  box.replaceChildren(said, list);
  box.hidden = false;
  box.focus();
}
