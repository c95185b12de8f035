import { CUE_MIN_MS, type Cue } from './cues.ts';

/**
 * Several channels under one picture: at each moment what every channel shows then, stacked in the channels'
 * order. Players handle subtitles that overlap badly, so the time is cut wherever one of them changes.
 */
export type StackedCue<C> = {
	readonly startMs: number;
	readonly endMs: number;
	readonly blocks: readonly { readonly channel: C; readonly cue: Cue }[];
};

/** Changes nearer than this are made at one moment; no cue is so short that it would vanish. */
const SNAP_MS = 300;

export function mergedCues<C>(
	channels: readonly { readonly channel: C; readonly cues: readonly Cue[] }[]
): StackedCue<C>[] {
	const moments = snapped(
		channels.flatMap(({ cues }) => cues.flatMap(({ startMs, endMs }) => [startMs, endMs]))
	);
	const placed = channels.map(({ channel, cues }) => ({
		channel,
		cues: cues.map((cue) => ({ cue, from: moments(cue.startMs), to: moments(cue.endMs) }))
	}));
	const edges = [
		...new Set(placed.flatMap(({ cues }) => cues.flatMap(({ from, to }) => [from, to])))
	].sort((a, b) => a - b);
	const at = placed.map(() => 0);
	return edges.flatMap((startMs, index) => {
		const endMs = edges[index + 1];
		if (endMs === undefined) return [];
		const blocks = placed.flatMap(({ channel, cues }, which) => {
			// Cues of a channel follow each other, so each channel is walked through once.
			while ((cues[at[which] ?? 0]?.to ?? Infinity) <= startMs) at[which] = (at[which] ?? 0) + 1;
			const now = cues[at[which] ?? 0];
			return now !== undefined && now.from <= startMs ? [{ channel, cue: now.cue }] : [];
		});
		return blocks.length === 0 ? [] : [{ startMs, endMs, blocks }];
	});
}

/** For each moment the one it is moved to: the first of those that follow it within SNAP_MS. */
function snapped(moments: readonly number[]): (moment: number) => number {
	const to = new Map<number, number>();
	let anchor = -Infinity;
	for (const moment of [...new Set(moments)].sort((a, b) => a - b)) {
		if (moment - anchor > Math.min(SNAP_MS, CUE_MIN_MS / 2)) anchor = moment;
		to.set(moment, anchor);
	}
	return (moment) => to.get(moment) ?? moment;
}
