// The map on paper: the box takes the shape of the sheet, the same view is framed again, and back afterwards.
import { say } from "./map-words.js";

// Pixels of the drawing on a sheet with its margins, legend and title.
const SHEETS = { a4: [1040, 640], a3: [1500, 960] };
const settled = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export async function printMap(page, paper) {
  const { city, root } = page;
  const [wide, high] = SHEETS[paper];
  const { box } = city.view();
  const opened = new Intl.DateTimeFormat("zh-CN", { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" });
  root.querySelector("[data-print-place]").textContent = page.path().map((each) => each.name).join(" › ");
  root.querySelector("[data-print-note]").textContent = say("print-note", { time: opened.format(new Date()), layers: page.titles().join("、") });
  document.documentElement.dataset.paper = paper;
  Object.assign(city.box.style, { width: `${wide}px`, height: `${high}px` });
  city.frame(box, { padding: [0, 0], maxZoom: 20 });
  await settled(900);
  window.print();
  delete document.documentElement.dataset.paper;
  Object.assign(city.box.style, { width: "", height: "" });
  city.frame(box, { padding: [0, 0], maxZoom: 20 });
}
