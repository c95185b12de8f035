import type { EarGraph, EarSource } from './ear-graph.ts';
import { SILENCE, watchLevel, type Level } from './levels.ts';
import type { TicketSource } from './read-ticket.ts';
import { openWhep, type WhepStatus } from './whep.ts';

/** One channel in the ears: read, kept alive, and faded in and out of the graph. */
export type EarLine = {
	readonly path: string;
	/** Glides to a factor, 0 … 1; a stream that comes later begins silent and glides there too. */
	fadeTo(factor: number, seconds: number): void;
	nudge(): void;
	close(): void;
};

export function openEarLine({
	path,
	tickets,
	graph,
	fadeInSeconds,
	onStatus,
	onLevel
}: {
	path: string;
	tickets: TicketSource;
	graph: EarGraph;
	fadeInSeconds: number;
	onStatus: (status: WhepStatus) => void;
	onLevel: (level: Level) => void;
}): EarLine {
	let source: EarSource | null = null;
	let pump: HTMLAudioElement | null = null;
	let factor = 0;
	/** Packets arrive: only from here on there is something to fade in. */
	let isHeard = false;
	let unwatchLevel: () => void = () => undefined;

	function silence(): void {
		unwatchLevel();
		unwatchLevel = () => undefined;
		source?.remove();
		source = null;
		if (pump) pump.srcObject = null;
		pump = null;
		isHeard = false;
		onLevel(SILENCE);
	}

	function play(stream: MediaStream): void {
		silence();
		// Chromium feeds a received stream into an audio graph only while an element plays it too.
		pump = new Audio();
		pump.muted = true;
		pump.srcObject = stream;
		void pump.play().catch(() => undefined); // muted: nothing to lose
		source = graph.add(stream);
		graph.resume();
		unwatchLevel = watchLevel(stream, onLevel);
	}

	const reader = openWhep({
		path,
		tickets,
		onStream: play,
		onStatus(status) {
			if (status.kind === 'playing' && !isHeard) {
				isHeard = true;
				source?.fadeTo(factor, fadeInSeconds);
			}
			onStatus(status);
		}
	});
	return {
		path,
		nudge: reader.nudge,
		fadeTo(next, seconds) {
			factor = next;
			if (isHeard) source?.fadeTo(next, seconds);
		},
		close() {
			reader.close();
			silence();
		}
	};
}
