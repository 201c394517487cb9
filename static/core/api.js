// The only way from a page to the API: CSRF, an Idempotency-Key per intention, problem details as errors.
import { word } from "./words.js";

const TOKEN = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || "");
    this.status = status;
    this.code = body.code ?? "";
    this.fields = body.errors ?? {};
    this.body = body;
  }
}

export function newKey() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  // randomUUID exists on secure origins only; a demo on a plain address still has random values.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function answer(response) {
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { detail: "" };
  }
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

async function send(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch {
    throw new Problem(0, { code: "offline", detail: word("offline") });
  }
  if (response.status === 401) {
    throw new Problem(401, { code: "not_signed_in", detail: word("signed_out") });
  }
  return answer(response);
}

export const get = (url) => send(url, { headers: { Accept: "application/json" } });

export function post(url, data, key = newKey()) {
  return send(url, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": TOKEN, "Idempotency-Key": key },
    body: JSON.stringify(data),
  });
}

const change = (method) => (url, data) =>
  send(url, {
    method,
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": TOKEN },
    body: data === undefined ? undefined : JSON.stringify(data),
  });
export const patch = change("PATCH");
export const remove = change("DELETE");

export function upload(url, file, extra = {}, key = newKey()) {
  const body = new FormData();
  body.append("file", file, file.name);
  for (const [name, value] of Object.entries(extra)) body.append(name, value);
  return send(url, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": TOKEN, "Idempotency-Key": key }, body });
}

// The parts of a page, or those that ``part`` names together.
export async function fragment(url, part = "1") {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html", "X-Fragment": part } });
  if (!response.ok) throw new Problem(response.status, {});
  return response.text();
}
