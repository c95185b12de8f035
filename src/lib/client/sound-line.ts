import type { TicketSource } from './read-ticket.ts';
import { openWhep, type WhepStatus } from './whep.ts';

/**
 * One channel playing in one `<audio>` element. A plain element, not Web Audio: it goes on playing while the
 * phone is locked.
 */
export type SoundLine = {
	readonly path: string;
	readonly element: HTMLAudioElement;
	/** Loudness of the whole page, 0–1; what `fadeTo` reaches is a part of it. */
	setVolume(volume: number): void;
	/** Glides to a part of the volume, 0–1. */
	fadeTo(part: number, ms: number): Promise<void>;
	nudge(): void;
	close(): void;
};

export type SoundLineOptions = {
	readonly path: string;
	readonly element: HTMLAudioElement;
	readonly tickets: TicketSource;
	readonly volume: number;
	readonly onStatus: (status: WhepStatus) => void;
	readonly onDelay: (seconds: number) => void;
	/** The browser will not play without another tap, or something else took the speaker (a phone call). */
	readonly onStopped: (why: 'blocked' | 'interrupted') => void;
};

const FADE_STEP_MS = 20;

/** Starts silent; fade it in when its status is `playing`. */
export function openSoundLine(options: SoundLineOptions): SoundLine {
	const { path, element, tickets, onStatus, onDelay, onStopped } = options;
	let { volume } = options;
	let part = 0;
	let fading: ReturnType<typeof setInterval> | undefined;

	const apply = () => (element.volume = volume * part);
	// A `pause` without a stream is the late echo of the line that had this element before.
	const interrupted = () => {
		if (element.paused && element.srcObject) onStopped('interrupted');
	};
	apply();
	element.addEventListener('pause', interrupted);

	const whep = openWhep({
		path,
		tickets,
		onStatus,
		onDelay,
		onStream(stream) {
			element.srcObject = stream;
			element.play().catch((error: unknown) => {
				// AbortError only says that a newer stream took its place.
				if (error instanceof DOMException && error.name === 'NotAllowedError') onStopped('blocked');
			});
		}
	});

	return {
		path,
		element,
		setVolume(next) {
			volume = next;
			apply();
		},
		fadeTo(target, ms) {
			clearInterval(fading);
			const from = part;
			const startedAt = performance.now();
			return new Promise((resolve) => {
				fading = setInterval(() => {
					const done = Math.min(1, (performance.now() - startedAt) / ms);
					part = from + (target - from) * done;
					apply();
					if (done < 1) return;
					clearInterval(fading);
					resolve();
				}, FADE_STEP_MS);
			});
		},
		nudge: whep.nudge,
		close() {
			clearInterval(fading);
			element.removeEventListener('pause', interrupted);
			whep.close();
			element.pause();
			element.srcObject = null;
		}
	};
}
