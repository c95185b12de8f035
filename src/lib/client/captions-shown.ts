import type { CaptionFinal, CaptionPartial } from '#lib/protocol/captions.ts';

/** As many as a page keeps: some half an hour of speech. */
export const SHOWN_MAX = 300;

/** Takes finals in by `seq`; of two with the same one the higher version stays. */
export function mergeFinals(
	known: readonly CaptionFinal[],
	more: readonly CaptionFinal[]
): readonly CaptionFinal[] {
	const bySeq = new Map(known.map((final) => [final.seq, final]));
	for (const final of more) {
		const before = bySeq.get(final.seq);
		if (before === undefined || before.version <= final.version) bySeq.set(final.seq, final);
	}
	return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-SHOWN_MAX);
}

/**
 * The guess to show: the newest, unless it has become final or was withdrawn. A guess that a late message
 * brings again, older than the one that stands there, changes nothing.
 */
export function withPartial(
	finals: readonly CaptionFinal[],
	shown: CaptionPartial | null,
	next: CaptionPartial | null
): CaptionPartial | null {
	const isOlder =
		shown !== null && next?.utterance === shown.utterance && next.revision < shown.revision;
	const candidate = next === null || isOlder ? shown : next;
	if (candidate === null || candidate.text === '') return null;
	return finals.some(({ id }) => id === candidate.utterance) ? null : candidate;
}
