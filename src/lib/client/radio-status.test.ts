import { describe, expect, test } from 'vitest';
import { boothId } from '#lib/domain/ids.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import type { ChannelState } from '#lib/protocol/listen.ts';
import { radioStatus, type RadioFacts } from './radio-status.ts';

const channel = (language: LanguageCode): ChannelState => ({
	booth: boothId(1),
	room: null,
	language,
	path: `demo/${language}`,
	air: 'on',
	since: 0,
	captions: false,
	replay: true
});
const french = channel('fr' as LanguageCode);

const playing: RadioFacts = {
	wanted: 'sound',
	stopped: null,
	heard: { kind: 'interpretation', channel: french },
	line: { kind: 'playing', since: 1 },
	delay: 0.1,
	captionsOnly: false,
	behindS: null,
	offlineSince: null
};

describe('the line says', () => {
	test('live only while packets arrive', () => {
		expect(radioStatus(playing)).toMatchObject({ kind: 'live', delay: 0.1 });
		expect(radioStatus({ ...playing, line: { kind: 'connecting' } }).kind).toBe('connecting');
		expect(radioStatus({ ...playing, line: null }).kind).toBe('connecting');
		expect(radioStatus({ ...playing, line: { kind: 'silent-fault', since: 5 } })).toEqual({
			kind: 'mending',
			since: 5
		});
	});

	test('that there is nothing to hear, although the line carries silence', () => {
		const heard = { kind: 'nothing', because: 'off', waitOn: french } as const;
		expect(radioStatus({ ...playing, heard })).toEqual({ kind: 'silent', because: 'off' });
	});

	test('before anything is played that there is no such channel', () => {
		const heard = { kind: 'nothing', because: 'no-channel', waitOn: null } as const;
		expect(radioStatus({ ...playing, wanted: 'none', line: null, heard })).toEqual({
			kind: 'silent',
			because: 'no-channel'
		});
	});

	test('which sound it is, the floor with its reason', () => {
		const heard = { kind: 'floor', channel: channel(FLOOR), because: 'off' } as const;
		expect(radioStatus({ ...playing, heard })).toMatchObject({ kind: 'live', heard });
	});

	test('offline only when nothing is heard: a phone may err about its network', () => {
		expect(radioStatus({ ...playing, offlineSince: 9 }).kind).toBe('live');
		expect(
			radioStatus({
				...playing,
				line: { kind: 'reconnecting', since: 3, reason: 'unreachable' },
				offlineSince: 9
			})
		).toEqual({ kind: 'offline', since: 9 });
	});

	test('why it stopped, when the listener did not stop it', () => {
		const stopped = { ...playing, wanted: 'none', line: null } as const;
		expect(radioStatus(stopped)).toEqual({ kind: 'stopped' });
		expect(radioStatus({ ...stopped, stopped: 'interrupted' })).toEqual({ kind: 'interrupted' });
	});

	test('that trying again would not help', () => {
		expect(radioStatus({ ...playing, line: { kind: 'failed', reason: 'access' } })).toEqual({
			kind: 'failed',
			reason: 'access'
		});
	});
});
