import type { TicketSource } from './read-ticket.ts';
import { openSoundLine, type SoundLine } from './sound-line.ts';
import type { WhepStatus } from './whep.ts';

/**
 * Turns from channel to channel on two audio elements: the former channel goes on until the new one sounds,
 * then they cross. Never two at once beyond that crossing.
 */
export type Tuner = {
	/**
	 * Call it inside a tap: browsers that want a tap per element (iOS) then let both play later on, when a
	 * channel changes by itself.
	 */
	unlock(): void;
	/** The channel to hear, or null for none. The last call wins, however fast they come. */
	tune(path: string | null): void;
	/** 0–1 */
	setVolume(volume: number): void;
	nudge(): void;
	close(): void;
};

export type TunerEvents = {
	/** Of the channel being tuned to; null when there is none. */
	readonly onStatus: (status: WhepStatus | null) => void;
	readonly onDelay: (seconds: number) => void;
	readonly onStopped: (why: 'blocked' | 'interrupted') => void;
};

const CROSS_MS = 180;
/** Longer than this nobody wants to hear the channel they turned away from. */
const FORMER_PATIENCE_MS = 1_200;

export function createTuner(
	elements: readonly [HTMLAudioElement, HTMLAudioElement],
	tickets: TicketSource,
	{ onStatus, onDelay, onStopped }: TunerEvents
): Tuner {
	let volume = 1;
	let current: SoundLine | null = null;
	let coming: SoundLine | null = null;
	let leaving: SoundLine | null = null;
	let patience: ReturnType<typeof setTimeout> | undefined;

	function letGo(line: SoundLine | null): void {
		leaving?.close();
		leaving = line;
		void line?.fadeTo(0, CROSS_MS).then(() => {
			line.close();
			if (leaving === line) leaving = null;
		});
	}

	function open(path: string): SoundLine {
		const element = elements[0] === current?.element ? elements[1] : elements[0];
		// A channel still fading out on that element has to go at once.
		if (leaving?.element === element) letGo(null);
		const line: SoundLine = openSoundLine({
			path,
			element,
			tickets,
			volume,
			onDelay,
			onStopped,
			onStatus(status) {
				if (status.kind === 'closed') return;
				if (status.kind === 'playing' && line === coming) arrive(line);
				if (line === (coming ?? current)) onStatus(status);
			}
		});
		return line;
	}

	function arrive(line: SoundLine): void {
		clearTimeout(patience);
		const former = current;
		current = line;
		coming = null;
		letGo(former);
		void line.fadeTo(1, CROSS_MS);
	}

	return {
		unlock() {
			// Without a source `play` does nothing but note the tap; its promise may never settle.
			for (const element of elements) element.play().catch(() => undefined);
		},
		tune(path) {
			if (path === (coming ?? current)?.path) return;
			clearTimeout(patience);
			coming?.close();
			coming = null;
			if (path === null) {
				letGo(current);
				current = null;
				onStatus(null);
			} else if (path === current?.path) {
				void current.fadeTo(1, CROSS_MS);
				onStatus({ kind: 'playing', since: Date.now() });
			} else {
				const former = current;
				patience = setTimeout(() => void former?.fadeTo(0, CROSS_MS), FORMER_PATIENCE_MS);
				onStatus({ kind: 'connecting' });
				coming = open(path);
			}
		},
		setVolume(next) {
			volume = next;
			for (const line of [current, coming, leaving]) line?.setVolume(next);
		},
		nudge() {
			for (const line of [current, coming]) line?.nudge();
		},
		close() {
			clearTimeout(patience);
			for (const line of [current, coming, leaving]) line?.close();
			current = coming = leaving = null;
		}
	};
}
