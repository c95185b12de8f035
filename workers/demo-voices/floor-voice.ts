import {
	comeIn,
	createMouth,
	pause,
	TURNED_OUT_MS,
	type Voice,
	type VoiceSettings
} from './voice.ts';

/** A floor without sound for this long is nobody's: a technician who changes a cable is back before. */
const SILENT_BEFORE_SPEAKING_MS = 10_000;
const LOOK_EVERY_MS = 2_000;

/**
 * Speaks on the floor while nobody brings one in. There is no right to ask for: whoever publishes last is
 * heard, and the media server ends the one before. So this one looks before it speaks, and does not come back
 * while somebody else is there.
 */
export function startFloorVoice(settings: VoiceSettings): Voice {
	const { portal, event, language, log } = settings;
	const over = new AbortController();
	let wake: () => void = () => undefined;
	const mouth = createMouth(settings, () => wake());
	/** Since when the floor has been silent; 0 before it was ever heard. */
	let silentSinceMs: number | null = 0;

	/** @returns false when the portal will not have this guest any longer */
	async function look(cookie: string): Promise<boolean> {
		const channels = await portal.channels(event, cookie);
		if (channels === null) return false;
		const floor = channels.find((one) => one.language === language && one.room === null);
		if (floor?.air !== 'off') silentSinceMs = null;
		else silentSinceMs ??= Date.now();
		const isFree =
			silentSinceMs !== null && Date.now() - silentSinceMs >= SILENT_BEFORE_SPEAKING_MS;
		if (!isFree) return true;
		const ticket = await portal.publishTicket({ event, language }, cookie, null);
		if (ticket && (await mouth.open(ticket))) log.info('speaks on the floor');
		return true;
	}

	async function stay(cookie: string): Promise<void> {
		let isWelcome = true;
		while (!over.signal.aborted && isWelcome) {
			const woken = new Promise<void>((resolve) => (wake = resolve));
			if (mouth.isOpen) {
				await woken;
				silentSinceMs = null;
				log.info('gives the floor up');
			} else isWelcome = await look(cookie).catch(() => true); // a portal that restarts
			await pause(LOOK_EVERY_MS, over.signal);
		}
	}

	const life = (async () => {
		for (;;) {
			const cookie = await comeIn(settings, over.signal);
			if (cookie === null) return;
			await stay(cookie);
			await pause(TURNED_OUT_MS, over.signal);
		}
	})();

	return {
		async stop() {
			over.abort();
			await mouth.close();
			wake();
			await life;
		}
	};
}
