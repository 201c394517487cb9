// The live connection of a browser: one EventSource for all its tabs, led by the tab that holds a Web Lock.
// Dispatches on document:
//   lianqin:<event>        e.g. lianqin:order, detail = payload + {sequence}
//   lianqin:reset          reload what the page shows: it is too far behind to be told one by one
//   lianqin:stream-state   detail = {state: "live" | "reconnecting" | "offline"}
// Reads from the page, all optional: <html data-stream-after="SEQ" data-stream-user="ID">, a CSRF token.

const TICKET_URL = "/api/v1/stream/ticket/";
const STREAM_URL = "/events";
const EVENTS = ["order", "notice"];
const KEPT = 500; // messages the leader keeps for tabs that join
const SILENCE_MS = 40_000; // the server beats every 15 s
const SLEEP_MS = 20_000; // a timer this late means that the machine slept
const OFFLINE_AFTER_MS = 15_000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000];
const REFUSED_MS = 30_000; // no new ticket: asking often does not help
const RESTARTED = "lianqin:stream-restarted";

const root = document.documentElement;
const user = root.dataset.streamUser ?? "";
const tab = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
const name = `lianqin-stream:${user}`;
const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;

let last = parse(root.dataset.streamAfter); // what this tab has been told
let state = "";
let lostAt = 0;

function parse(text) {
  const number = Number.parseInt(text ?? "", 10);
  return Number.isFinite(number) ? number : null;
}

function show(next) {
  if (next === state) return;
  state = next;
  root.dataset.stream = next;
  document.dispatchEvent(new CustomEvent("lianqin:stream-state", { bubbles: true, detail: { state: next } }));
}

// Every message passes here once, in order; what this tab already knows is dropped.
function take({ event, sequence, data }) {
  if (event === "reset") {
    last = sequence;
    document.dispatchEvent(new CustomEvent("lianqin:reset", { bubbles: true, detail: { sequence } }));
    return;
  }
  if (last !== null && sequence <= last) return;
  last = sequence;
  if (event === "ready" || event === "beat") return;
  document.dispatchEvent(new CustomEvent(`lianqin:${event}`, { bubbles: true, detail: { ...data, sequence } }));
}

function csrf() {
  const field = document.querySelector("meta[name=csrf-token], [name=csrfmiddlewaretoken]");
  if (field) return field.content ?? field.value;
  return document.cookie.match(/(?:^|; )\w*(?:_csrf|csrftoken)=([^;]+)/)?.[1] ?? "";
}

// The session behind this page is over or somebody else's: show what the browser may see now. Who is typing is left
// alone, and a page that is refused again does not turn in circles.
function startOver() {
  if (last === null || document.querySelector("dialog[open]")) return;
  try {
    if (Date.now() - Number(sessionStorage.getItem(RESTARTED) ?? 0) < 2 * REFUSED_MS) return;
    sessionStorage.setItem(RESTARTED, String(Date.now()));
  } catch {
    return;
  }
  window.location.reload();
}

class Refused extends Error {}

class Leader {
  source = null;
  ticket = null;
  renewAt = 0;
  heardAt = Date.now();
  tickedAt = Date.now();
  failures = 0;
  retry = 0;
  attempt = 0;
  position = last; // up to where the connection has been read
  floor = null; // from where `kept` is complete
  kept = [];

  start() {
    this.tick = setInterval(() => this.watch(), 5000);
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("pageshow", (event) => event.persisted && this.hurry());
    document.addEventListener("visibilitychange", () => !document.hidden && this.watch());
    this.say({ kind: "leader" });
    this.connect();
  }

  say(message) {
    channel?.postMessage(message);
  }

  state(next) {
    if (next === "live") lostAt = 0;
    else lostAt ||= Date.now();
    const word = next !== "live" && Date.now() - lostAt > OFFLINE_AFTER_MS ? "offline" : next;
    show(word);
    this.say({ kind: "state", state: word });
  }

  async fetchTicket() {
    const response = await fetch(TICKET_URL, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 401 || response.status === 403) throw new Refused();
    if (!response.ok) throw new Error(`ticket ${response.status}`);
    const body = await response.json();
    if (user && String(body.user) !== user) throw new Refused();
    this.ticket = body.ticket;
    this.renewAt = Date.now() + body.expires_in * 800;
  }

  // Opens a connection from `position`; the one before is closed only when the new one speaks.
  async connect() {
    const attempt = ++this.attempt;
    clearTimeout(this.retry);
    try {
      if (!this.ticket || Date.now() >= this.renewAt) await this.fetchTicket();
    } catch (problem) {
      if (attempt !== this.attempt) return;
      if (problem instanceof Refused) this.refused();
      else this.lost();
      return;
    }
    if (attempt !== this.attempt) return;
    const query = new URLSearchParams({ ticket: this.ticket });
    if (this.position !== null) query.set("after", this.position);
    this.floor = this.floor === null || (this.position ?? 0) < this.floor ? this.position : this.floor;
    const source = new EventSource(`${STREAM_URL}?${query}`);
    const before = this.source;
    this.source = source;
    source.onopen = () => before?.close();
    source.onerror = () => {
      before?.close();
      source.close();
      // A connection that never spoke may have been refused for its ticket.
      if (this.source === source) this.lost({ ticket: this.failures > 0 });
    };
    for (const event of [...EVENTS, "ready", "beat", "reset"]) {
      source.addEventListener(event, (message) => this.source === source && this.hear(event, message));
    }
  }

  hear(event, message) {
    this.heardAt = Date.now();
    const sequence = parse(message.lastEventId);
    if (sequence === null) return;
    const item = { event, sequence, data: JSON.parse(message.data) };
    if (event === "ready") {
      this.failures = 0;
      this.state("live");
    }
    if (event === "reset") {
      this.kept = [];
      this.floor = sequence;
      this.position = sequence;
    } else {
      this.position = Math.max(this.position ?? 0, sequence);
      this.floor ??= sequence;
      if (EVENTS.includes(event)) this.keep(item);
    }
    take(item);
    this.say({ kind: "message", item });
  }

  keep(item) {
    if (this.kept.some((known) => known.sequence === item.sequence)) return;
    this.kept.push(item);
    this.kept.sort((one, other) => one.sequence - other.sequence);
    if (this.kept.length > KEPT) this.floor = this.kept.shift().sequence;
  }

  lost({ ticket = false, wait = BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)] } = {}) {
    clearTimeout(this.retry);
    this.attempt++; // what is under way comes too late
    this.source?.close();
    this.source = null;
    if (ticket) this.ticket = null;
    this.state(navigator.onLine === false ? "offline" : "reconnecting");
    this.retry = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  refused() {
    this.ticket = null;
    this.failures = BACKOFF_MS.length;
    this.lost({ wait: REFUSED_MS });
    this.say({ kind: "over" });
    startOver();
  }

  hurry() {
    this.failures = 0;
    this.lost();
  }

  watch() {
    const now = Date.now();
    const slept = now - this.tickedAt > SLEEP_MS && !document.hidden;
    this.tickedAt = now;
    if (!this.source) {
      this.state("reconnecting");
      return;
    }
    if (slept || now - this.heardAt > SILENCE_MS) {
      this.heardAt = now;
      this.hurry();
    } else if (now >= this.renewAt) {
      this.renewAt = now + 30_000; // one attempt at a time
      this.renew();
    }
  }

  // A new ticket carries the rights of now; the connection changes over without a gap.
  async renew() {
    const attempt = this.attempt;
    try {
      await this.fetchTicket();
      // Lost meanwhile: whoever connects next takes the new ticket, one connection is enough.
      if (attempt === this.attempt) await this.connect();
    } catch (problem) {
      if (problem instanceof Refused) this.refused();
      // Otherwise the server ends the old connection when its ticket does; lost() then takes over.
    }
  }

  // A tab joins, knowing everything up to `after`: told from what is kept, or by reading again from there.
  welcome({ from, after }) {
    // A leader that began without a number does not know what it missed before.
    const behind = after !== null && (this.position === null || after < this.position);
    const covered = behind && this.floor !== null && after >= this.floor;
    const items = covered ? this.kept.filter((item) => item.sequence > after) : [];
    this.say({ kind: "welcome", to: from, items, state });
    if (!behind || covered) return;
    // Nothing newer may overtake what is read again.
    this.source?.close();
    this.source = null;
    this.position = after;
    this.floor = after;
    this.kept = [];
    this.connect();
  }
}

let leader = null;

let welcomed = false; // until then, what is broadcast may be newer than what this tab still lacks

function join() {
  welcomed = false;
  channel?.postMessage({ kind: "join", from: tab, after: last });
}

function greet(message) {
  welcomed = true;
  message.items.forEach(take);
  if (message.state) show(message.state);
}

function lead() {
  leader = new Leader();
  leader.start();
}

function listen() {
  channel.onmessage = ({ data: message }) => {
    if (leader) {
      if (message.kind === "join") leader.welcome(message);
    } else if (message.kind === "message") {
      if (welcomed) take(message.item);
    } else if (message.kind === "welcome") {
      if (message.to === tab) greet(message);
    } else if (message.kind === "state") show(message.state);
    else if (message.kind === "leader") join();
    else if (message.kind === "over") startOver();
  };
  window.addEventListener("pageshow", (event) => event.persisted && !leader && join());
}

// Cookies belong to the whole browser: when somebody else signed in, the tabs of the one before show another's desk.
if (user && "BroadcastChannel" in window) {
  const people = new BroadcastChannel("lianqin-user");
  people.onmessage = ({ data }) => data !== user && startOver();
  people.postMessage(user);
}

function begin() {
  if (channel) listen();
  if (channel && navigator.locks) {
    navigator.locks.request(name, () => {
      lead();
      return new Promise(() => {}); // held until the tab goes away
    });
    join();
  } else {
    lead(); // a connection of its own is better than none
  }
}

show("reconnecting");
// The scripts that listen to what is told here may still be on their way: all have run when the document is there.
if (document.readyState === "complete") begin();
else document.addEventListener("DOMContentLoaded", begin, { once: true });
