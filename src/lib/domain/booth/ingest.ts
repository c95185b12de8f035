/**
 * How well the sound of one channel arrives at the media server, judged from its counters alone.
 * Times are ms of any steady clock.
 */
export type Ingest = {
	/** The publishing session the counters belong to, or null when nobody publishes. */
	readonly session: string | null;
	/** When its packets were last seen to grow. */
	readonly grewAt: number;
	/** Packet counters of the last seconds, oldest first. */
	readonly counts: readonly PacketCount[];
};

export type PacketCount = { readonly at: number; readonly packets: number; readonly lost: number };

export const NO_INGEST: Ingest = { session: null, grewAt: 0, counts: [] };

/** MediaMTX itself keeps a silent publisher for 30 s; nobody wants to hear nothing for so long. */
export const STALLED_MS = 2_500;
export const LOSS_WINDOW_MS = 5_000;
export const OVERLOADED_LOSS = 0.05;
/** Half a second of sound; a share of fewer packets says nothing. */
const JUDGED_PACKETS = 25;

/** Takes in the counters of whoever publishes now; another session starts anew. */
export function countIngest(before: Ingest, session: string | null, count: PacketCount): Ingest {
	if (session === null) return NO_INGEST;
	if (session !== before.session) return { session, grewAt: count.at, counts: [count] };
	const last = before.counts.at(-1);
	// Two looks at once: the older answer has nothing new to say.
	if (last !== undefined && count.at < last.at) return before;
	const counts = [...before.counts, count];
	// One count older than the window is kept, for where the window begins.
	const begin = counts.findLastIndex((each) => each.at <= count.at - LOSS_WINDOW_MS);
	return {
		session,
		grewAt: count.packets === last?.packets ? before.grewAt : count.at,
		counts: counts.slice(Math.max(0, begin))
	};
}

/** Still connected, and nothing arrives any more. */
export function isStalled(ingest: Ingest, at: number): boolean {
	return ingest.session !== null && at - ingest.grewAt > STALLED_MS;
}

/** Share of the uplink's packets lost over the window, 0–1; 0 while there are too few to judge. */
export function lossShare({ counts }: Ingest): number {
	const [first, last] = [counts[0], counts.at(-1)];
	if (first === undefined || last === undefined) return 0;
	const lost = Math.max(0, last.lost - first.lost);
	const sent = Math.max(0, last.packets - first.packets) + lost;
	return sent < JUDGED_PACKETS ? 0 : lost / sent;
}

export function isOverloaded(ingest: Ingest): boolean {
	return lossShare(ingest) > OVERLOADED_LOSS;
}
