import { describe, expect, test } from 'vitest';
import type { Phase, Seat } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import { OFF } from './air.ts';
import { situationOf, warningOf, type SituationFacts, type WarningFacts } from './situation.ts';

const me: Seat = { seat: seatId('me'), person: personId('user:1'), name: 'Ana' };
const mate: Seat = { seat: seatId('mate'), person: personId('user:2'), name: 'Léa' };
const LIVE: Phase = { kind: 'live', active: me, since: 0 };

const facts = (change: Partial<SituationFacts>): SituationFacts => ({
	phase: LIVE,
	seat: me.seat,
	intent: { kind: 'on', proven: true, lostAt: null },
	link: { kind: 'joined' },
	line: { kind: 'connected' },
	muted: false,
	coughing: false,
	...change
});

describe('situationOf', () => {
	test('on air is said while the portal says it', () => {
		expect(situationOf(facts({}))).toEqual({ air: 'on', meaning: 'open' });
	});

	test('a portal that is away does not end a sound that flows', () => {
		const away = { kind: 'reconnecting', since: 0 } as const;
		expect(situationOf(facts({ link: away })).air).toBe('on');
		expect(situationOf(facts({ link: away, line: { kind: 'interrupted' } }))).toEqual({
			air: 'standby',
			meaning: 'cut_off'
		});
	});

	test('an open microphone that nobody hears yet is no ON AIR', () => {
		const goingLive: Phase = { kind: 'going-live', active: me, deadline: 1 };
		expect(situationOf(facts({ phase: goingLive }))).toEqual({
			air: 'standby',
			meaning: 'going_live'
		});
		const arriving: Phase = {
			kind: 'handing-over',
			active: mate,
			since: 0,
			handover: { to: me, step: 'arriving', deadline: 1 }
		};
		expect(situationOf(facts({ phase: arriving }))).toEqual({
			air: 'standby',
			meaning: 'arriving'
		});
	});

	test('the outgoing one stays on air while the newcomer arrives', () => {
		const outgoing: Phase = {
			kind: 'handing-over',
			active: me,
			since: 0,
			handover: { to: mate, step: 'arriving', deadline: 1 }
		};
		expect(situationOf(facts({ phase: outgoing })).air).toBe('on');
	});

	test('a sound that comes back by itself says so', () => {
		const lost: Phase = { kind: 'ready', active: me, reason: 'sound-lost' };
		const intent = { kind: 'on', proven: true, lostAt: 5 } as const;
		expect(situationOf(facts({ phase: lost, intent }))).toEqual({
			air: 'standby',
			meaning: 'resuming'
		});
		expect(situationOf(facts({ phase: lost, intent: OFF }))).toEqual({
			air: 'off',
			meaning: 'yours'
		});
	});

	test('a cough is told apart from a mute', () => {
		expect(situationOf(facts({ muted: true })).meaning).toBe('muted');
		expect(situationOf(facts({ muted: true, coughing: true })).meaning).toBe('coughing');
	});
});

describe('warningOf', () => {
	const fine: WarningFacts = {
		air: 'on',
		intent: { kind: 'on', proven: true, lostAt: null },
		link: { kind: 'joined' },
		line: { kind: 'connected' },
		mediaOk: true,
		sourceGone: false,
		interrupted: false,
		earsHeld: false,
		batteryLow: false,
		voice: null,
		uplinkBad: false
	};

	test('nothing is wrong', () => {
		expect(warningOf(fine)).toBeNull();
	});

	test('the worst comes first', () => {
		const all: WarningFacts = {
			...fine,
			sourceGone: true,
			line: { kind: 'interrupted' },
			link: { kind: 'reconnecting', since: 0 },
			mediaOk: false,
			voice: 'silent',
			uplinkBad: true
		};
		expect(warningOf(all)).toBe('source_gone');
		expect(warningOf({ ...all, sourceGone: false })).toBe('media_lost');
		const connected: WarningFacts = { ...all, sourceGone: false, line: { kind: 'connected' } };
		expect(warningOf(connected)).toBe('portal_lost_on_air');
		expect(warningOf({ ...connected, link: { kind: 'joined' } })).toBe('media_down');
		const well: WarningFacts = { ...connected, link: { kind: 'joined' }, mediaOk: true };
		expect(warningOf(well)).toBe('silent');
		expect(warningOf({ ...well, voice: null })).toBe('uplink_bad');
		expect(warningOf({ ...well, interrupted: true })).toBe('interrupted');
		const beside = { ...fine, batteryLow: true, earsHeld: true };
		expect(warningOf(beside)).toBe('ears_held');
		expect(warningOf({ ...beside, earsHeld: false, air: 'standby' })).toBe('battery_low');
	});

	test('off air the microphone’s own faults are nobody’s business', () => {
		expect(warningOf({ ...fine, air: 'off', intent: OFF, voice: 'silent' })).toBeNull();
	});
});
