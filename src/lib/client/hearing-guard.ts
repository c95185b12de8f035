/**
 * What protects an interpreter's ears, as arithmetic on blocks of samples (−1 … 1). Runs in the audio thread
 * (`hearing-guard.worklet.ts`) and, sample for sample the same, in tests.
 *
 * A browser knows no sound pressure, so the three steps of an interpreter's desk (ISO 20109 and the desks built
 * for it: 100 dB at once, 94 dB for longer than 100 ms, 80 dB over a minute) are kept as distances from each other:
 * 6 dB from the ceiling to what may last, 14 dB more to what a minute may be on average.
 */
export const CEILING_DBFS = -6;
export const SUSTAINED_DBFS = CEILING_DBFS - 6;
export const MINUTE_DBFS = SUSTAINED_DBFS - 14;
/** How loud speech is brought to, RMS, before the person's own volume. */
export const LEVELLED_DBFS = MINUTE_DBFS;

export const LOOK_AHEAD_MS = 5;
const RELEASE_MS = 200;
const SUSTAINED_WINDOW_MS = 50;
const SUSTAINED_FALL_MS = 15;
const SUSTAINED_RISE_MS = 500;

/** Quieter than this is a pause, not a quiet voice; it moves nothing. */
const GATE_DBFS = -50;
const LOUDNESS_MS = 400;
const MOST_UP_DB = 9;
const MOST_DOWN_DB = -18;
const UP_DB_PER_S = 2;
const DOWN_DB_PER_S = 8;

/** Changes a block in place; all channels alike. */
export type BlockProcess = (channels: readonly Float32Array[]) => void;

const amplitude = (db: number): number => 10 ** (db / 20);
const perSample = (ms: number, rateHz: number): number => 1 - Math.exp(-1000 / (ms * rateHz));
const power = (channels: readonly Float32Array[]): number => {
	let sum = 0;
	let count = 0;
	for (const channel of channels) {
		for (const sample of channel) sum += sample * sample;
		count += channel.length;
	}
	return count > 0 ? sum / count : 0;
};

/** Brings every source slowly to the same loudness, so that none is a shock after another. */
export function createLeveller(rateHz: number): BlockProcess {
	let loudness = amplitude(LEVELLED_DBFS) ** 2;
	let gainDb = 0;
	let heardMs = 0;
	return (channels) => {
		const length = channels[0]?.length ?? 0;
		const blockMs = (length * 1000) / rateHz;
		const now = power(channels);
		const before = amplitude(gainDb);
		if (now > amplitude(GATE_DBFS) ** 2) {
			heardMs += blockMs;
			// The first moments count in full; a running mean from nothing would chase its own beginning.
			const share = Math.max(1 - Math.exp(-blockMs / LOUDNESS_MS), blockMs / heardMs);
			loudness += Math.min(1, share) * (now - loudness);
			const wanted = LEVELLED_DBFS - 10 * Math.log10(loudness);
			const step = Math.min(MOST_UP_DB, Math.max(MOST_DOWN_DB, wanted)) - gainDb;
			gainDb += Math.min(
				(UP_DB_PER_S * blockMs) / 1000,
				Math.max((-DOWN_DB_PER_S * blockMs) / 1000, step)
			);
		}
		const after = amplitude(gainDb);
		for (const channel of channels)
			for (let n = 0; n < channel.length; n++)
				channel[n] = (channel[n] ?? 0) * (before + ((after - before) * (n + 1)) / length);
	};
}

/**
 * Nothing leaves above `CEILING_DBFS`, at no sample, and nothing above `SUSTAINED_DBFS` for long. It sees
 * `LOOK_AHEAD_MS` ahead, so that the gain is down before the loud sample comes and no wave is cut off.
 */
export function createLimiter(rateHz: number): BlockProcess {
	const ahead = Math.round((LOOK_AHEAD_MS * rateHz) / 1000);
	const ceiling = amplitude(CEILING_DBFS);
	const sustained = amplitude(SUSTAINED_DBFS) ** 2;
	const release = perSample(RELEASE_MS, rateHz);
	const listen = perSample(SUSTAINED_WINDOW_MS, rateHz);
	const fall = perSample(SUSTAINED_FALL_MS, rateHz);
	const rise = perSample(SUSTAINED_RISE_MS, rateHz);
	const delays: Float32Array[] = [];
	const lowest = createSlidingMinimum(ahead + 1);
	const gains = new Float32Array(ahead).fill(1);
	let gainSum = ahead;
	let gain = 1;
	let at = 0;
	let energy = 0;
	let hold = 1;

	return (channels) => {
		const length = channels[0]?.length ?? 0;
		while (delays.length < channels.length) delays.push(new Float32Array(ahead));
		for (let n = 0; n < length; n++) {
			let peak = 0;
			let square = 0;
			for (const channel of channels) {
				const size = Math.abs(channel[n] ?? 0);
				if (size > peak) peak = size;
				square += size * size;
			}
			energy += listen * (square / channels.length - energy);
			const wanted = energy > sustained ? Math.sqrt(sustained / energy) : 1;
			hold += (wanted < hold ? fall : rise) * (wanted - hold);
			const needed = lowest(peak * hold > ceiling ? ceiling / (peak * hold) : 1);
			gain = Math.min(needed, gain + release * (1 - gain));
			gainSum += gain - (gains[at] ?? 1);
			gains[at] = gain;
			const smooth = Math.min(1, gainSum / ahead);
			for (const [index, channel] of channels.entries()) {
				const delay = delays[index];
				if (!delay) continue;
				const late = delay[at] ?? 0;
				delay[at] = (channel[n] ?? 0) * hold;
				channel[n] = late * smooth;
			}
			at = (at + 1) % ahead;
		}
	};
}

/** The smallest of the last `length` values; constant work on average. */
function createSlidingMinimum(length: number): (value: number) => number {
	const values = new Float64Array(length + 1);
	const times = new Float64Array(length + 1);
	let first = 0;
	let count = 0;
	let now = 0;
	const slot = (n: number): number => (first + n) % values.length;
	return (value) => {
		if (count > 0 && (times[first] ?? 0) <= now - length) {
			first = slot(1);
			count--;
		}
		while (count > 0 && (values[slot(count - 1)] ?? 0) >= value) count--;
		values[slot(count)] = value;
		times[slot(count)] = now++;
		count++;
		return values[first] ?? value;
	};
}

/** Mean loudness of what was played over the last minute, dBFS; once a second, null in between. */
export function createMinuteMeter(
	rateHz: number
): (channels: readonly Float32Array[]) => number | null {
	const seconds: number[] = [];
	let sum = 0;
	let samples = 0;
	return (channels) => {
		const length = channels[0]?.length ?? 0;
		sum += power(channels) * length;
		samples += length;
		if (samples < rateHz) return null;
		seconds.push(sum / samples);
		if (seconds.length > 60) seconds.shift();
		sum = samples = 0;
		// Divided by a whole minute, so that the first loud second is not one.
		return 10 * Math.log10(seconds.reduce((total, one) => total + one, 0) / 60);
	};
}
