import { ok, refuse, type Result } from '../result.ts';
import { tidy } from './writing.ts';

/**
 * Corrections of a stored caption. What was there before stays as a version, so that nothing a machine or a
 * person wrote is lost; what is valid is always the highest version.
 */

/** Wider than any caption the worker makes. */
export const SEGMENT_TEXT_MAX_LENGTH = 2_000;
export const SPEAKER_MAX_LENGTH = 200;

/** What of a segment can be wrong. */
export type SegmentWording = {
	/** 1 is the machine's own. */
	readonly version: number;
	readonly text: string;
	readonly speaker: string | null;
};

export type Correction = {
	/** The version the person was looking at. */
	readonly base: number;
	readonly text: string;
	/** Empty: nobody is named. */
	readonly speaker: string;
};

export type CorrectionRefusal =
	| 'text_empty'
	| 'text_too_long'
	| 'speaker_too_long'
	/** Somebody else corrected it while this one was typed; their words are not overwritten unseen. */
	| 'corrected_meanwhile'
	| 'nothing_changed';

/** The wording after a correction, or why there is none. Text is tidied as provider text is. */
export function corrected(
	now: SegmentWording,
	{ base, ...typed }: Correction
): Result<SegmentWording, CorrectionRefusal> {
	const text = tidy(typed.text);
	const speaker = tidy(typed.speaker) || null;
	if (text === '') return refuse('text_empty', 'A caption cannot be empty.');
	if (text.length > SEGMENT_TEXT_MAX_LENGTH)
		return refuse('text_too_long', `At most ${SEGMENT_TEXT_MAX_LENGTH} characters.`);
	if (speaker !== null && speaker.length > SPEAKER_MAX_LENGTH)
		return refuse('speaker_too_long', `At most ${SPEAKER_MAX_LENGTH} characters.`);
	// Before the version is judged: who wants what is there already has got it.
	if (text === now.text && speaker === now.speaker)
		return refuse('nothing_changed', 'The caption reads like this already.');
	if (base !== now.version)
		return refuse('corrected_meanwhile', `This caption is at version ${now.version} by now.`);
	return ok({ version: now.version + 1, text, speaker });
}
