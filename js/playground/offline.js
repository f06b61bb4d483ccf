// The service worker: keeps the files of this page, so that it works without a network after the first visit.

/** The build writes here a name that depends on the files, so that a new version is loaded as a whole. */
const VERSION = 'unbuilt';
const FILES = ['./', 'playground.css', 'playground.js', 'worker.js', 'suffixes.js', 'codes.js'];

/** A copy without the mark of a redirect, which a browser refuses as the response to a navigation. */
async function fetched(file) {
  const response = await fetch(file, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return new Response(await response.blob(), { headers: response.headers });
}

async function keep() {
  const cache = await caches.open(VERSION);
  await Promise.all(FILES.map(async (file) => cache.put(file, await fetched(file))));
}

/** Other caches of this origin are not ours. */
async function dropOlder() {
  for (const name of await caches.keys()) if (name.startsWith('corsac-playground-') && name !== VERSION) await caches.delete(name);
}

async function responseTo(request) {
  const cache = await caches.open(VERSION);
  const url = new URL(request.url);
  const home = new URL('./', self.registration.scope).pathname;
  const name = url.pathname === `${home}index.html` ? home : url.pathname;
  return (await cache.match(url.origin + name)) ?? fetch(request);
}

// A newer version waits until no tab shows the older one, so that a page never has files of both.
self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(dropOlder()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && request.url.startsWith(self.registration.scope)) event.respondWith(responseTo(request));
});
