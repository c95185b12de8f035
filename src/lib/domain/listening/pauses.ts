/** Quieter than this is a pause, dBFS of the root mean square. */
const PAUSE_DBFS = -45;
const WINDOW_MS = 20;
/** A breath stays as it is; of a longer pause only so much is left. */
const LONGEST_MS = 400;
const LEFT_MS = 240;

/**
 * Speech with its long pauses shortened, so that somebody who listens later catches up without hurrying.
 *
 * @param samples mono, −1 … 1
 * @returns a copy, never longer than `samples`
 */
export function withoutPauses(samples: Float32Array, rateHz: number): Float32Array {
	const size = Math.round((rateHz * WINDOW_MS) / 1000);
	const most = Math.round(LONGEST_MS / WINDOW_MS);
	const left = Math.round(LEFT_MS / WINDOW_MS);
	const kept: [number, number][] = [];
	let quietSince: number | null = null;

	function endPause(at: number): void {
		if (quietSince === null) return;
		const windows = (at - quietSince) / size;
		// The end of a pause is kept too: the next word begins there.
		const half = Math.floor(left / 2) * size;
		if (windows <= most) kept.push([quietSince, at]);
		else kept.push([quietSince, quietSince + half], [at - half, at]);
		quietSince = null;
	}

	let at = 0;
	for (; at + size <= samples.length; at += size) {
		if (isQuiet(samples, at, size)) quietSince ??= at;
		else {
			endPause(at);
			kept.push([at, at + size]);
		}
	}
	endPause(at);
	kept.push([at, samples.length]);

	const out = new Float32Array(kept.reduce((sum, [from, to]) => sum + to - from, 0));
	let end = 0;
	for (const [from, to] of kept) {
		out.set(samples.subarray(from, to), end);
		end += to - from;
	}
	return out;
}

function isQuiet(samples: Float32Array, at: number, size: number): boolean {
	let sum = 0;
	for (let n = at; n < at + size; n++) sum += (samples[n] ?? 0) ** 2;
	return 10 * Math.log10(sum / size) < PAUSE_DBFS;
}
