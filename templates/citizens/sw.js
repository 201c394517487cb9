// The worker of the public site: opens the report page without a network and sends what waits when it returns.
const told = {{ told|safe }};
const CACHE = `citizen-${told.version}`;
importScripts(told.queue, told.proof);

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...told.statics, ...told.pages]);
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
async function page(request, path) {
  try {
    const answer = await fetch(request);
    if (answer.ok && told.pages.includes(path)) (await caches.open(CACHE)).put(path, answer.clone());
    return answer;
  } catch {
    return (await caches.match(path, { cacheName: CACHE })) ?? caches.match(told.offline, { cacheName: CACHE });
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (told.statics.includes(pathname)) event.respondWith(caches.match(pathname, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "reports") event.waitUntil(self.lianqinQueue.sendAll(told.report, { retry: !event.lastChance }));
});
