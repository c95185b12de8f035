/**
 * Keeps the screen on until the returned function is called. Browsers take the lock back whenever the page is
 * hidden, so it is asked for again each time it shows. Best effort: not every browser has it.
 */
export function keepScreenOn(): () => void {
	let lock: WakeLockSentinel | null = null;
	let released = false;

	async function ask(): Promise<void> {
		if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
		try {
			lock = await navigator.wakeLock.request('screen');
			if (released) await lock.release();
		} catch {
			// Battery saver said no; the next time the page shows may be better.
		}
	}
	const askAgain = () => void ask();
	document.addEventListener('visibilitychange', askAgain);
	askAgain();
	return () => {
		released = true;
		document.removeEventListener('visibilitychange', askAgain);
		void lock?.release();
	};
}
