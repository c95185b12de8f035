import { invalidate } from '$app/navigation';

/** The state of captions changes by itself; a page that shows it asks again while somebody looks. */
export const CAPTION_STATE = 'captions:state';
const EVERY_MS = 3_000;

/** @returns how to stop */
export function refreshState(): () => void {
	const timer = setInterval(() => {
		if (document.visibilityState === 'visible') void invalidate(CAPTION_STATE);
	}, EVERY_MS);
	return () => clearInterval(timer);
}
