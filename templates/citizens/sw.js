// The worker of the public site: opens the report page without a network and sends what waits when it returns.
const told = {{ told|safe }};
const CACHE = `citizen-${told.version}`;
const AN_HOUR = 3600 * 1000;
importScripts(told.queue, told.proof);

// As anybody gets it: of who is signed in on this device, and of what was just said to them, nothing is kept.
async function keep(path) {
  const answer = await fetch(path, { credentials: "omit", cache: "reload" });
  if (!answer.ok) throw new Error(String(answer.status));
  await (await caches.open(CACHE)).put(path, answer);
}

// Now and then: classes and notices change.
async function refresh(path) {
  const kept = await caches.match(path, { cacheName: CACHE });
  const age = Date.now() - Date.parse(kept?.headers.get("Date"));
  if (!(age < AN_HOUR)) await keep(path).catch(() => {});
}

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await Promise.all([cache.addAll(told.statics), ...told.pages.map(keep)]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name.startsWith("citizen-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

// Pages come from the network while there is one; only the report page and the page that says so are kept.
async function page(event, path) {
  try {
    const answer = await fetch(event.request);
    if (told.pages.includes(path)) event.waitUntil(refresh(path));
    return answer;
  } catch {
    return (await caches.match(path, { cacheName: CACHE })) ?? caches.match(told.offline, { cacheName: CACHE });
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (told.statics.includes(pathname)) event.respondWith(caches.match(pathname, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "reports") event.waitUntil(self.lianqinQueue.sendAll(told.report, { retry: !event.lastChance }));
});
