/** What a way does to packets; shares are 0 … 1. */
export type BadNetwork = {
	readonly loss?:
		| { readonly kind: 'random'; readonly share: number }
		/** Gilbert–Elliott: in the bad state all is lost; `meanBurst` packets in a row on average. */
		| { readonly kind: 'bursts'; readonly share: number; readonly meanBurst: number };
	/** Packets that come twice. */
	readonly duplicates?: number;
	/** Up to so many ms late, evenly; what is late is overtaken. */
	readonly jitterMs?: number;
	/** A slower way queues up to `queueMs`, and loses what does not fit. */
	readonly rate?: { readonly bitsPerSecond: number; readonly queueMs: number };
};

/** The same numbers for the same seed (mulberry32), 0 … 1. */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * What becomes of each packet on its way: after how many ms it arrives, once for each time it does; empty when
 * it is lost. Call it for each packet in turn.
 */
export function badWay(
	{ loss, duplicates = 0, jitterMs = 0, rate }: BadNetwork,
	seed: number
): (bytes: number, nowMs: number) => number[] {
	const random = seededRandom(seed);
	let isBad = false;
	let freeAtMs = 0;

	function isLost(): boolean {
		if (!loss) return false;
		if (loss.kind === 'random') return random() < loss.share;
		// The chances of entering and leaving the bad state that give this share and this mean length.
		const leave = 1 / loss.meanBurst;
		const enter = (leave * loss.share) / (1 - loss.share);
		isBad = isBad ? random() >= leave : random() < enter;
		return isBad;
	}

	return (bytes, nowMs) => {
		if (isLost()) return [];
		let waitMs = 0;
		if (rate) {
			waitMs = Math.max(0, freeAtMs - nowMs);
			if (waitMs > rate.queueMs) return [];
			freeAtMs = nowMs + waitMs + (bytes * 8000) / rate.bitsPerSecond;
		}
		const times = random() < duplicates ? 2 : 1;
		return Array.from({ length: times }, () => waitMs + random() * jitterMs);
	};
}
