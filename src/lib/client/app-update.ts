import { dev } from '$app/environment';

/**
 * Registers the service worker and waits for a newer one.
 *
 * @param onReady gets the function that takes the new version and reloads this page; call it when nothing
 *   plays. Never called where there is no service worker.
 */
export async function watchForUpdate(onReady: (take: () => void) => void): Promise<void> {
	// Vite serves modules one by one in development; there is nothing to keep.
	if (dev || !('serviceWorker' in navigator)) return;
	const { Workbox } = await import('workbox-window');
	const worker = new Workbox('/service-worker.js');
	worker.addEventListener('waiting', () =>
		onReady(() => {
			worker.addEventListener('controlling', () => location.reload());
			worker.messageSkipWaiting();
		})
	);
	// Refused on insecure origins and in private windows: the radio works without it.
	await worker.register().catch(() => undefined);
}
