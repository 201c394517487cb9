// Where a code is asked for: those that this device was given, newest first.
import { isKept } from "./late.js";

const box = document.querySelector("[data-codes-box]");

async function offer() {
  if (!(await isKept())) return;
  const [, { button, line, link }, { word }] = await Promise.all([import("./report/queue.js"), import("./report/given.js"), import("../core/words.js")]);
  const sent = (await self.lianqinQueue.all("sent")).sort((a, b) => b.at - a.at);
  const ways = sent.map((receipt) => line(receipt.title, word("code_of", { code: receipt.spelled }), link(word("see_progress"), `${box.dataset.codesBox}${receipt.spelled}/`), button(word("forget"), () => self.lianqinQueue.drop("sent", receipt.code).then(offer))));
  box.querySelector("ul").replaceChildren(...ways);
  box.hidden = !ways.length;
}

const quietly = () => offer().catch(() => {});
quietly();
// What the page before has just written is not always there at once.
setTimeout(quietly, 1500);
