// SPDX-License-Identifier: Apache-2.0
// The service worker: keeps the page itself, so that it opens without a network, and nothing of what is
// said on it. A new version waits until somebody asks for it.

export {}; // names here are this file's own
declare const self: ServiceWorkerGlobalScope;

// Both are written in by the build (scripts/service-worker.mjs).
const kFiles = '__PARLEY_FILES__'.split(' ');
const kCache = 'parley-__PARLEY_VERSION__';

/** The server's own: a copy of these would be a lie. */
const kNever = ['/ws', '/api', '/socket.io', '/echo', '/admin', '/metrics', '/health', '/ready', '/sw.js'];
/** This version and the one before, of which tabs may still be open. */
const kKept = 2;

self.addEventListener('install', (event) => event.waitUntil(fetchAll()));
self.addEventListener('activate', (event) => event.waitUntil(dropOld().then(() => self.clients.claim())));
self.addEventListener('message', (event) => {
  if ((event.data as { kind?: string } | null)?.kind === 'takeOver') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (kNever.some((path) => pathname === path || pathname.startsWith(`${path}/`))) return;
  if (pathname === '/' || pathname === '/index.html') event.respondWith(fromCache('/', request));
  else if (kFiles.includes(pathname) || pathname.startsWith('/assets/'))
    event.respondWith(fromCache(pathname, request));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(bringForward(event.notification.data));
});

async function fetchAll(): Promise<void> {
  const cache = await caches.open(kCache);
  // What has its hash in its name cannot be an old copy; the rest is asked for anew.
  const requests = kFiles.map(
    (file) => new Request(file, { cache: file.startsWith('/assets/') ? 'default' : 'reload' }),
  );
  await cache.addAll(requests);
}

async function dropOld(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith('parley-') && name !== kCache);
  await Promise.all(ours.slice(0, Math.max(0, ours.length - kKept + 1)).map((name) => caches.delete(name)));
}

/** Of this version, or of one before it for the tabs that still run it. */
async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(kCache);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}

async function bringForward(data: unknown): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const window = windows[0];
  if (!window) {
    await self.clients.openWindow('/');
    return;
  }
  window.postMessage({ kind: 'open', data });
  await window.focus().catch(() => undefined); // not every browser lets a page be brought forward
}
