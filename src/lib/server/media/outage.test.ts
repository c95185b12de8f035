import { describe, expect, it } from 'vitest';
import type { DownReason } from './media-server.ts';
import {
	ANSWERING,
	failing,
	isDown,
	meansSilence,
	NOTHING_KNOWN,
	SILENT_AFTER_NO_ANSWER_MS,
	SILENT_AFTER_REFUSED_MS,
	type Outage
} from './outage.ts';

const after = (...failures: [DownReason, number][]): Outage =>
	failures.reduce((outage, [reason, at]) => failing(outage, reason, at), ANSWERING);

describe('an outage of the media server', () => {
	it('is said after the second failed answer', () => {
		expect(isDown(NOTHING_KNOWN)).toBe(false);
		expect(isDown(ANSWERING)).toBe(false);
		expect(isDown(after(['refused', 0]))).toBe(false);
		expect(isDown(failing(NOTHING_KNOWN, 'refused', 0))).toBe(true);
		expect(isDown(after(['refused', 0], ['no-answer', 1_000]))).toBe(true);
	});

	it('is silence soon when nothing listens there any more', () => {
		const gone = after(['refused', 0], ['refused', 1_000]);
		expect(meansSilence(gone, SILENT_AFTER_REFUSED_MS - 1)).toBe(false);
		expect(meansSilence(gone, SILENT_AFTER_REFUSED_MS)).toBe(true);
	});

	it('is silence late when it does not answer, for the sound may still go on', () => {
		const mute = after(['no-answer', 0], ['no-answer', 2_000]);
		expect(meansSilence(mute, SILENT_AFTER_NO_ANSWER_MS - 1)).toBe(false);
		expect(meansSilence(mute, SILENT_AFTER_NO_ANSWER_MS)).toBe(true);
		expect(meansSilence(after(['unauthorised', 0]), SILENT_AFTER_REFUSED_MS)).toBe(false);
	});

	it('counts refusals only while there are no others between', () => {
		const mixed = after(['refused', 0], ['no-answer', 2_000], ['refused', 4_000]);
		expect(meansSilence(mixed, 4_000 + SILENT_AFTER_REFUSED_MS - 1)).toBe(false);
		expect(meansSilence(mixed, 4_000 + SILENT_AFTER_REFUSED_MS)).toBe(true);
	});
});
