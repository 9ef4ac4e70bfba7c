// SPDX-License-Identifier: Apache-2.0
// The page as an app: kept by a service worker, brought up to date when somebody says so, installed when
// the browser offers it.

import { signal } from '@preact/signals';
import { program } from '../trusted';

/** What Chromium hands out when the page may be installed. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

/** A newer page is here and waits for a reload. */
export const updateWaits = signal(false);
export const installOffer = signal<InstallOffer | undefined>(undefined);

/** A tab that stays open for days hears of a new version too. */
const kCheckMs = 3600_000;

let registration: ServiceWorkerRegistration | undefined;
let asked = false;

/** Undefined where there is none: without TLS, or in a private window of some browsers. */
export const worker = (): ServiceWorkerRegistration | undefined => registration;

/** `opened`: a notification was clicked. */
export async function keepPage(opened: (data: unknown) => void): Promise<void> {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault(); // the settings have a button for it
    installOffer.value = event as InstallOffer;
  });
  window.addEventListener('appinstalled', () => (installOffer.value = undefined));
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (!serviceWorker) return;
  serviceWorker.addEventListener('controllerchange', () => asked && location.reload());
  serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ kind?: string; data: unknown }>) => {
    if (data?.kind === 'open') opened(data.data);
  });
  try {
    registration = await serviceWorker.register(program('/sw.js'));
    watch(registration, serviceWorker);
    setInterval(checkForUpdate, kCheckMs);
  } catch (error) {
    console.warn('the page cannot be kept for offline', error);
  }
}

/** Asks the server whether there is a newer page; it may have come with a restart. */
export function checkForUpdate(): void {
  registration?.update().catch(() => undefined); // away: the next one asks again
}

/** Every tab has to be told by itself: one that is being written in is not reloaded from elsewhere. */
export function takeUpdate(): void {
  asked = true;
  if (registration?.waiting) registration.waiting.postMessage({ kind: 'takeOver' });
  else location.reload();
}

function watch(of: ServiceWorkerRegistration, { controller }: ServiceWorkerContainer): void {
  // The first worker brings nothing new: it keeps the page that is here.
  const first = !controller;
  if (of.waiting && !first) updateWaits.value = true;
  of.addEventListener('updatefound', () => {
    const coming = of.installing;
    const replaces = of.active !== null;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed' && replaces) updateWaits.value = true;
    });
  });
}
