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
/** Longer than the portal takes to notice a sound. */
const UNHEARD_MS = 5_000;
const LOOK_EVERY_MS = 2_000;

/**
 * Speaks on the floor while nobody brings one in. There is no right to ask for: whoever publishes last is
 * heard, and the media server ends the one before. So this one looks before it speaks, and does not come back
 * while somebody else is there.
 */
export function startFloorVoice(settings: VoiceSettings): Voice {
	const { portal, event, language, log } = settings;
	const over = new AbortController();
	const mouth = createMouth(settings, () => log.info('gives the floor up'));
	/** Since when the floor has been silent; 0 before it was ever heard. */
	let silentSinceMs: number | null = 0;

	/** @returns false when the portal will not have this guest any longer */
	async function look(cookie: string): Promise<boolean> {
		const channels = await portal.channels(event, cookie);
		if (channels === null) return false;
		const floor = channels.find((one) => one.language === language && one.room === null);
		if (floor?.air === 'off') silentSinceMs ??= Date.now();
		else silentSinceMs = null;
		const silentMs = silentSinceMs === null ? 0 : Date.now() - silentSinceMs;
		if (mouth.isOpen) {
			// It speaks and nobody hears it: the media server is another one now.
			if (silentMs >= UNHEARD_MS) await mouth.close();
		} else if (silentMs >= SILENT_BEFORE_SPEAKING_MS) await speak(cookie);
		return true;
	}

	async function speak(cookie: string): Promise<void> {
		const ticket = await portal.publishTicket({ event, language }, cookie, null);
		if (ticket === null || !(await mouth.open(ticket))) return;
		silentSinceMs = Date.now();
		log.info('speaks on the floor');
	}

	async function stay(cookie: string): Promise<void> {
		let isWelcome = true;
		while (!over.signal.aborted && isWelcome) {
			isWelcome = await look(cookie).catch(() => true); // a portal that restarts
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
			await life;
		}
	};
}
