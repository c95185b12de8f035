import { describe, expect, test } from 'vitest';
import type { Phase } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import { alertsOf, mayMove, type AlertFacts } from './alerts.ts';
import { REST_MS, TURN_LONG_MS, TURN_SOON_MS, turnAfter, turnLength, type Turn } from './turns.ts';

const FINE: AlertFacts = {
	...{ isLive: true, quietMs: 0, loss: 0, turnMs: 60_000, sessionRuns: true, interpreters: 2 },
	...{ captionsFail: false, mediaOk: true }
};

describe('alerts', () => {
	test.each([
		['all is well', {}, []],
		['silence on air', { quietMs: 6_000 }, ['silent_live']],
		['a pause', { quietMs: 5_900 }, []],
		['loss', { loss: 0.021 }, ['loss']],
		['a little loss', { loss: 0.02 }, []],
		['too long', { turnMs: TURN_LONG_MS }, ['too_long']],
		['an empty booth in a session', { isLive: false, interpreters: 0 }, ['booth_empty']],
		['an empty booth in a break', { isLive: false, interpreters: 0, sessionRuns: false }, []],
		['captions', { captionsFail: true }, ['captions_failing']],
		[
			'the media server is away: nothing is known of the sound',
			{ mediaOk: false, quietMs: 9e9, loss: 1 },
			['media_down']
		],
		['off air silence is no fault', { isLive: false, quietMs: 9e9, loss: 1 }, []]
	] as const)('%s', (_, change, codes) => {
		expect(alertsOf({ ...FINE, ...change })).toEqual(codes);
	});

	test('a matter moves forward only', () => {
		const states = ['open', 'handled', 'done'] as const;
		const moves = states.flatMap((from) =>
			states.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`)
		);
		expect(moves).toEqual(['open handled', 'open done', 'handled done']);
	});
});

describe('turns', () => {
	const who = (name: string) => ({ seat: seatId(`${name}-1`), person: personId(name), name });
	const live = (name: string, since: number): Phase => ({ kind: 'live', active: who(name), since });
	const ready: Phase = { kind: 'ready', active: who('ana'), reason: 'stopped' };
	const play = (...looks: readonly [Phase, number][]): Turn | null =>
		looks.reduce<Turn | null>((turn, [phase, now]) => turnAfter(turn, phase, now), null);

	test('a turn begins on air and goes on over a short break', () => {
		expect(
			play([live('ana', 0), 5_000], [ready, 60_000], [live('ana', 90_000), 90_000])?.since
		).toBe(0);
	});

	test('who has rested begins anew, and so does a colleague', () => {
		const rested = REST_MS + 6_000;
		expect(play([live('ana', 0), 5_000], [ready, rested])).toBeNull();
		expect(play([live('ana', 0), 5_000], [live('ana', rested), rested])?.since).toBe(rested);
		expect(play([live('ana', 0), 5_000], [live('ben', 6_000), 6_000])).toMatchObject({
			...{ name: 'ben', since: 6_000 }
		});
	});

	test('the clock says when a change is near and when it is due', () => {
		const at = [TURN_SOON_MS - 1, TURN_SOON_MS, TURN_LONG_MS];
		expect(at.map((now) => turnLength(0, now))).toEqual(['fine', 'soon', 'long']);
	});
});
