// One hot grid after the other is looked at; whoever wants to look longer stops it.
import { word } from "../../core/words.js";
import { everySecond } from "./clock.js";
import { put } from "./rows.js";

const LOOK_SECONDS = 8;
const ROTATED = 5;

export class Rotation {
  rows = [];
  at = -1;
  left = LOOK_SECONDS;

  constructor(chosen) {
    this.chosen = chosen;
    // Who asked for less motion turns pages by hand.
    this.held = matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.querySelector('[data-list="hot"]').addEventListener("click", (event) => {
      const line = event.target.closest("[data-key]");
      if (line) this.pick(this.rows.findIndex((row) => row.code === line.dataset.key));
    });
    everySecond(() => this.tick());
    this.say();
  }

  show(rows) {
    const code = this.rows[this.at]?.code;
    this.rows = rows.slice(0, ROTATED);
    this.at = this.rows.findIndex((row) => row.code === code);
    if (this.at >= 0) this.mark();
    else if (code || !this.held) this.go(0);
  }

  tick() {
    if (this.held || document.hidden) return;
    this.left -= 1;
    if (this.left <= 0) this.go(this.at + 1);
  }

  toggle() {
    this.held = !this.held;
    this.left = LOOK_SECONDS;
    this.say();
  }

  step(by) {
    this.held = true;
    this.go(this.at + by);
    this.say();
  }

  pick(index) {
    this.held = true;
    this.go(index);
    this.say();
  }

  go(index) {
    this.left = LOOK_SECONDS;
    this.at = this.rows.length ? (index + this.rows.length) % this.rows.length : -1;
    this.mark();
  }

  mark() {
    const row = this.rows[this.at] ?? null;
    for (const line of document.querySelector('[data-list="hot"]').children) line.classList.toggle("wall-looked-at", line.dataset.key === row?.code);
    this.chosen(row);
  }

  say() {
    put(document.querySelector("[data-rotation]"), word(this.held ? "held" : "rotating"));
  }
}
