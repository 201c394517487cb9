// The trend: one canvas that is given new numbers, made anew only when what it shows changes its kind or its size.
import { word } from "../../core/words.js";
import { hourOf, timeOf } from "./clock.js";

const LEGEND = 30; // pixels under the plot
const SPANS = ["day", "week", "month"];
const LINES = {
  day: [["reported", "--primary"], ["before", "--text-3", [5, 4]], ["closed", "--ok"]],
  week: [["reported", "--primary"], ["closed", "--ok"], ["escalated", "--warn"]],
};
LINES.month = LINES.week;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Trend {
  span = "day";
  data = null;
  plot = null;

  constructor(box, buttons) {
    this.box = box;
    this.buttons = buttons;
    for (const button of buttons) button.addEventListener("click", () => this.choose(button.dataset.span));
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(box);
  }

  next() {
    this.choose(SPANS[(SPANS.indexOf(this.span) + 1) % SPANS.length]);
  }

  choose(span) {
    this.span = span;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.span === span));
    this.renew();
  }

  show(data) {
    this.data = data;
    if (this.plot) this.plot.setData(this.columns());
    else this.renew();
  }

  columns() {
    const told = this.span === "day" ? this.data.day : this.data.month;
    const from = this.span === "week" ? -7 : 0;
    return [told.x, ...LINES[this.span].map(([name]) => told[name])].map((column) => column.slice(from));
  }

  // What was drawn before gives back its canvas and its listeners.
  renew() {
    this.plot?.destroy();
    this.plot = null;
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!this.data || !window.uPlot || width < 80 || height < 60) return;
    this.plot = new window.uPlot(this.options(width, height), this.columns(), this.box);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!this.plot) this.renew();
    else if (width >= 80 && height >= 60) this.plot.setSize({ width, height: height - LEGEND });
  }

  options(width, height) {
    const hours = this.span === "day";
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const label = (seconds) => (hours ? timeOf(seconds * 1000, false) : `${new Date(seconds * 1000 + 288e5).getUTCMonth() + 1}-${new Date(seconds * 1000 + 288e5).getUTCDate()}`);
    const axis = { stroke: colour("--text-2"), font, ticks: { show: false }, grid: { stroke: colour("--line"), width: 1 }, gap: 4 };
    const every = hours ? (width > 560 ? 3 : 6) : this.span === "week" ? 1 : 5;
    return {
      width,
      height: height - LEGEND,
      padding: [8, 10, 0, 0],
      cursor: { show: false },
      legend: { live: false },
      select: { show: false },
      scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.12)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 24, splits: (plot) => plot.data[0].filter((second, index) => (hours ? hourOf(second * 1000) % every === 0 : index % every === 0)), values: (_plot, splits) => splits.map(label) },
        { ...axis, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], space: 34 },
      ],
      series: [
        { label: "" },
        ...LINES[this.span].map(([name, tone, dash]) => ({ label: word(`line_${name}`), stroke: colour(tone), width: dash ? 1.5 : 2, dash, points: { show: false }, spanGaps: false, fill: name === "reported" ? `${colour(tone)}22` : undefined })),
      ],
    };
  }
}
