/* Keeps the visitor's page and what it is made of, for places without network; the network comes first where there is one. */
const STORE = "huoshui-round-1";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET" || new URL(request.url).pathname.endsWith("/sync/")) return;
  event.respondWith((async () => {
    const store = await caches.open(STORE);
    try {
      const fresh = await fetch(request);
      if (fresh.ok && !fresh.redirected) store.put(request, fresh.clone());
      return fresh;
    } catch (problem) {
      const kept = await store.match(request, { ignoreVary: true });
      if (kept) return kept;
      throw problem;
    }
  })());
});
