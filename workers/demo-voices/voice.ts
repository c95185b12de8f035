import type { Logger } from 'pino';
import type { Portal } from './portal.ts';
import { FRAME_MS, type Speech } from './speech.ts';
import { publish, type Publisher } from './whip-publisher.ts';

/** One demo voice, wherever it speaks. */
export type Voice = {
	/** Gives up seat and sound. */
	stop(): Promise<void>;
};

export type VoiceSettings = {
	readonly portal: Portal;
	readonly event: string;
	readonly language: string;
	readonly invite: string;
	readonly speech: Speech;
	readonly log: Logger;
};

/** Shown to the people in the booth. */
export const NAME = 'Demo voice';
/** Before coming in anew after the portal ended a stay. */
export const TURNED_OUT_MS = 5_000;
const REFUSED_RETRY_MS = 30_000;
const UNREACHABLE_RETRY_MS = 2_000;

/**
 * Redeems the invitation, again and again until it works.
 *
 * @returns the guest's cookie, or null once `signal` is aborted
 */
export async function comeIn(
	{ portal, invite, log }: VoiceSettings,
	signal: AbortSignal
): Promise<string | null> {
	while (!signal.aborted) {
		try {
			const cookie = await portal.join(invite, NAME);
			if (cookie !== null) return cookie;
			log.warn('the invitation of this demo voice is not accepted; trying again later');
			await pause(REFUSED_RETRY_MS, signal);
		} catch (error) {
			log.debug({ err: error }, 'the portal does not answer');
			await pause(UNREACHABLE_RETRY_MS, signal);
		}
	}
	return null;
}

/** The sound of one voice: at most one session at a time. */
export type Mouth = {
	readonly isOpen: boolean;
	/** Begins to speak; resolves with false when it could not. */
	open(ticket: { url: string; token: string }): Promise<boolean>;
	close(): Promise<void>;
};

export function createMouth({ speech, log }: VoiceSettings, onEnd: () => void): Mouth {
	let publisher: Publisher | null = null;
	return {
		get isOpen() {
			return publisher !== null;
		},
		async open(ticket) {
			try {
				// A recording on the wireless: it is where it would be had it never stopped.
				const position = Math.floor(Date.now() / FRAME_MS) % speech.frames.length;
				const opened = await publish(ticket, speech, position);
				publisher = opened;
				void opened.ended.then(() => {
					if (publisher === opened) publisher = null;
					onEnd();
				});
				return true;
			} catch (error) {
				log.debug({ err: error }, 'could not publish');
				return false;
			}
		},
		async close() {
			await publisher?.stop();
		}
	};
}

/** Waits, but not past an abort. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) return resolve();
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener('abort', done);
	});
}
