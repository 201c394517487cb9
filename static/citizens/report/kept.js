// What waits on this device, and the receipts it was given.
import { word } from "../../core/words.js";
import { button, line, link } from "./given.js";

const store = self.lianqinQueue;

function fill(name, items) {
  const box = document.querySelector(`[data-${name}-box]`);
  box.hidden = !items.length;
  box.querySelector("ul").replaceChildren(...items);
}

export async function showKept({ send, edit, writer }) {
  const [waiting, sent] = await Promise.all([store.all("queue"), store.all("sent")]);
  const queue = waiting.filter((report) => !store.isOthers(report, writer));
  const again = () => showKept({ send, edit, writer });
  fill("queue", queue.map((report) => {
    const key = report.fields.client_key;
    const drop = button(word("delete"), () => store.drop("queue", key).then(again));
    const told = report.refused ? word("kept_refused", { why: report.refused }) : word("kept");
    const doing = report.refused ? button(word("edit"), () => edit(report)) : button(word("send_now"), send);
    return line(report.fields.words.slice(0, 40) || report.files[0]?.name, told, doing, drop);
  }));
  sent.sort((a, b) => b.at - a.at);
  fill("mine", sent.map((receipt) => line(
    receipt.title, word("code_of", { code: receipt.spelled }),
    link(word("open_receipt"), receipt.link),
    button(word("forget"), () => store.drop("sent", receipt.code).then(again)),
  )));
}
