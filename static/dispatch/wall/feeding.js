// Where the numbers come from: the page, then the API. Asks soon after news, regularly without, and says how old it all is.
import { word } from "../../core/words.js";
import { words } from "../../core/durations.js";
import { everySecond, now, setClock, timeOf } from "./clock.js";

const SOON_MS = 100; // after the first news
const AGAIN_MS = 600; // when the answer was older than the news
const APART_MS = 2000; // between two answers, however much happens
const CALM_MS = 30_000; // without any news
const CUT_MS = 10_000; // without the stream
const OLD_MS = 60_000;
const TIMEOUT_MS = 15_000;

export class Feeding {
  state = "loading";
  stream = "reconnecting";
  failures = 0;
  asking = false;
  timer = 0;
  askedAt = 0;
  refused = false;
  heard = 0; // the number of the last news
  answered = 0; // and of the last answer

  constructor(root, { shown, told }) {
    Object.assign(this, { root, shown, tell: told, etag: root.dataset.etag, url: root.dataset.url });
  }

  start(first) {
    this.take(first);
    for (const news of ["lianqin:order", "lianqin:reset"]) {
      document.addEventListener(news, ({ detail }) => {
        this.heard = Math.max(this.heard, detail.sequence ?? 0);
        this.soon();
      });
    }
    document.addEventListener("lianqin:stream-state", ({ detail }) => {
      const back = detail.state === "live" && this.stream !== "live";
      this.stream = detail.state;
      if (back) this.soon();
      this.say();
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.soon());
    everySecond(() => this.say());
    this.later();
  }

  take(snapshot) {
    this.at = Date.parse(snapshot.at);
    setClock(snapshot.at);
    this.shown(snapshot);
  }

  // One timer: whatever asks for numbers moves it nearer, never farther. By the clock that nobody sets.
  plan(wait) {
    const due = performance.now() + wait;
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.ask(), wait);
  }

  soon() {
    if (!document.hidden) this.plan(Math.max(SOON_MS, this.askedAt + APART_MS - performance.now()));
  }

  later() {
    this.plan(this.stream === "live" && !this.failures ? CALM_MS : CUT_MS);
  }

  async ask() {
    this.timer = 0;
    if (this.asking) return;
    this.asking = true;
    this.askedAt = performance.now();
    try {
      await this.fetch();
      this.failures = 0;
      this.refused = false;
    } catch {
      this.failures += 1;
    }
    this.asking = false;
    this.say();
    // What was kept for all may be older than the news; whoever heard of it asks on.
    if (!this.failures && this.answered < this.heard) this.plan(AGAIN_MS);
    else this.later();
  }

  async fetch() {
    const headers = { Accept: "application/json", ...(this.etag ? { "If-None-Match": `"${this.etag}"` } : {}) };
    const url = new URL(this.url, window.location.href);
    url.searchParams.set("after", this.heard);
    const answer = await fetch(url, { credentials: "same-origin", headers, signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) this.refused = true;
    if (answer.ok || answer.status === 304) this.answered = Number(answer.headers.get("X-Snapshot-Sequence"));
    if (answer.status === 304) {
      // Nothing is different: what is shown is as young as this.
      const at = answer.headers.get("X-Snapshot-At");
      this.at = Date.parse(at);
      setClock(at);
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const snapshot = await answer.json();
    this.etag = (answer.headers.get("ETag") ?? "").replace(/^W\//, "").replaceAll('"', "");
    this.take(snapshot);
  }

  // Everything anew, whatever is said to be unchanged.
  renew() {
    this.etag = "";
    this.plan(0);
  }

  say() {
    const age = now() - this.at;
    const at = timeOf(this.at);
    const state = this.refused || age > OLD_MS ? "old" : this.stream === "live" ? "live" : "asking";
    const text = this.refused ? word("signed_out_wall", { at }) : state === "old" ? word("old", { at, age: words(Math.max(0, Math.round(age / 1000))) }) : word(state, { at });
    this.tell(state, text);
  }
}
