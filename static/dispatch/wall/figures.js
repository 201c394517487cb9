// Measures, shares and what is counted in words.
import { fill, put } from "./rows.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 84;
const HEIGHT = 26;

function sparkline(points) {
  const known = points.filter((point) => point !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (known.length < 2 || (low === 0 && high === 0)) return "";
  if (low === high) return `M0,${HEIGHT / 2}H${WIDTH}`;
  let path = "";
  let pen = "M";
  points.forEach((point, index) => {
    if (point === null) {
      pen = "M";
      return;
    }
    const x = (index * WIDTH) / (points.length - 1);
    const y = HEIGHT - 2 - ((point - low) / (high - low)) * (HEIGHT - 4);
    path += `${pen}${x.toFixed(1)},${y.toFixed(1)}`;
    pen = "L";
  });
  return path;
}

export function showMeasures(measures) {
  for (const each of measures) {
    const card = document.querySelector(`[data-measure="${each.key}"]`);
    if (!card) continue;
    card.dataset.tone = each.tone;
    fill(card, each);
    const path = sparkline(each.spark);
    const line = card.querySelector("[data-spark] path");
    if (line.getAttribute("d") !== path) line.setAttribute("d", path);
  }
}

function rect(x, width, part) {
  const node = document.createElementNS(SVG, "rect");
  node.setAttribute("height", "8");
  node.setAttribute("x", String(x));
  node.setAttribute("width", String(width));
  node.setAttribute("data-part", String(part));
  return node;
}

// The parts of the bar and a mark at each goal.
function bar(svg, split) {
  const told = split.enough ? split.parts.map((part) => Number(part.value)) : [];
  const key = told.join();
  if (svg.dataset.shown === key) return;
  svg.dataset.shown = key;
  const nodes = [];
  let x = 0;
  told.forEach((share, part) => {
    nodes.push(rect(x, share, part));
    x += share;
  });
  let goal = 0;
  for (const part of split.parts.slice(0, -1)) {
    goal += part.goal;
    nodes.push(rect(goal - 0.3, 0.6, "goal"));
  }
  svg.replaceChildren(...nodes);
}

export function showSplits(splits) {
  for (const each of splits) {
    const box = document.querySelector(`[data-split="${each.key}"]`);
    if (!box) continue;
    bar(box.querySelector("[data-bar]"), each);
    const period = box.querySelector("[data-period]");
    put(period, each.enough ? `${each.period} · ${each.sample} ${period.dataset.unit}` : each.period);
    each.parts.forEach((part, index) => {
      const told = box.querySelector(`.wall-split-parts [data-part="${index}"]`);
      fill(told, part);
      told.querySelector("em").hidden = !each.enough;
    });
  }
}

export function showCounts(counts) {
  for (const node of document.querySelectorAll("[data-count]")) put(node, counts[node.dataset.count]?.toLocaleString("zh-CN"));
}
