import type { Logger } from 'pino';

/**
 * Wraps a callback that native code or a timer calls. An exception that leaves such a callback ends the process, and
 * one peer must not take all listeners with it.
 */
export function guard<A extends unknown[]>(
	log: Logger,
	what: string,
	callback: (...args: A) => void
): (...args: A) => void {
	return (...args) => {
		try {
			callback(...args);
		} catch (error) {
			log.error({ err: error, in: what }, 'a callback of the media library failed');
		}
	};
}
