/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core';
import {
	cleanupOutdatedCaches,
	matchPrecache,
	precacheAndRoute,
	type PrecacheEntry
} from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { version } from '$service-worker';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] };

/**
 * Keeps the code of the radio and one shell page, both the same for everybody. Pages of people, the API and
 * sound are never kept: every request for them goes to the network as if this worker were not there.
 */
const SHELL = '/offline';

cleanupOutdatedCaches();
precacheAndRoute([...self.__WB_MANIFEST, { url: SHELL, revision: version }]);

registerRoute(
	({ request, url }) =>
		request.mode === 'navigate' && (url.pathname === '/' || url.pathname.startsWith('/listener/')),
	async ({ request }) => {
		try {
			const response = await fetch(request);
			// What a proxy says for a portal that is down; the portal's own refusals are pages to be shown.
			if (![502, 503, 504].includes(response.status)) return response;
			return (await matchPrecache(SHELL)) ?? response;
		} catch {
			return (await matchPrecache(SHELL)) ?? Response.error();
		}
	}
);

// A new version waits until a page asks for it, which it does only when nothing plays.
self.addEventListener('message', (event) => {
	if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
clientsClaim();
