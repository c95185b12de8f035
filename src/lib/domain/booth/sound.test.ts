import { describe, expect, it } from 'vitest';
import { personId, seatId } from '#lib/domain/ids.ts';
import {
	awaitsSound,
	INTRUSION_FORGIVEN_MS,
	reactToSound,
	type ChannelSound,
	type SoundReaction
} from './sound.ts';
import type { BoothState, Handover, Phase, Seat } from './state.ts';

const seat = (name: string): Seat => ({
	seat: seatId(name),
	person: personId(`user:${name}`),
	name
});
const ana = seat('ana');
const ben = seat('ben');

const handover = (step: Handover['step']): Phase => ({
	kind: 'handing-over',
	active: ana,
	since: 0,
	handover: { step, to: ben, deadline: 1 }
});
const PHASES = {
	closed: { kind: 'closed' },
	empty: { kind: 'empty' },
	ready: { kind: 'ready', active: ana, reason: 'not-asked' },
	goingLive: { kind: 'going-live', active: ana, deadline: 1 },
	live: { kind: 'live', active: ana, since: 0 },
	offered: handover('offered'),
	requested: handover('requested'),
	accepted: handover('accepted'),
	arriving: handover('arriving')
} as const satisfies Record<string, Phase>;
type PhaseName = keyof typeof PHASES;

const state = (name: PhaseName): BoothState => ({ participants: [], phase: PHASES[name] });
const onAir = (who: string | null, stalled = false): ChannelSound['onAir'] => ({
	session: `s-${who}`,
	seat: who === null ? null : seatId(who),
	stalled
});
const react = (name: PhaseName, sound: Partial<ChannelSound>): SoundReaction =>
	reactToSound(state(name), { onAir: null, waiting: [], intrudedForMs: 0, ...sound });

const NOTHING = { kick: [], report: null };
const silence = { publisher: null };

describe('the sound of a channel', () => {
	const table: [PhaseName, string | null | 'nobody', Omit<SoundReaction, 'intruder'>][] = [
		// Nobody may publish: whoever does is ended, and the booth stays as it is.
		['closed', 'nobody', NOTHING],
		['closed', 'ana', { kick: ['s-ana'], report: null }],
		['empty', 'nobody', NOTHING],
		['empty', 'ana', { kick: ['s-ana'], report: null }],
		['ready', 'nobody', NOTHING],
		['ready', 'ana', { kick: ['s-ana'], report: null }],
		// One was asked for: only theirs counts.
		['goingLive', 'nobody', NOTHING],
		['goingLive', 'ana', { kick: [], report: { publisher: ana.seat } }],
		['goingLive', 'ben', { kick: ['s-ben'], report: null }],
		['goingLive', null, { kick: ['s-null'], report: null }],
		// One is on air.
		['live', 'ana', NOTHING],
		['live', 'nobody', { kick: [], report: silence }],
		['live', 'ben', { kick: ['s-ben'], report: null }],
		// A handover that nobody agreed to yet opens nothing to the other.
		['offered', 'ana', NOTHING],
		['offered', 'ben', { kick: ['s-ben'], report: null }],
		['offered', 'nobody', { kick: [], report: silence }],
		['requested', 'ben', { kick: ['s-ben'], report: null }],
		// An agreed one does, and the newcomer's sound is the news.
		['accepted', 'ana', NOTHING],
		['accepted', 'ben', { kick: [], report: { publisher: ben.seat } }],
		['arriving', 'ana', NOTHING],
		['arriving', 'ben', { kick: [], report: { publisher: ben.seat } }],
		['arriving', 'nobody', { kick: [], report: silence }],
		['arriving', 'cleo', { kick: ['s-cleo'], report: null }]
	];
	it.each(table)('%s, %s on air', (phase, who, expected) => {
		expect(react(phase, { onAir: who === 'nobody' ? null : onAir(who) })).toMatchObject(expected);
	});

	it('that stalled counts as silence, and its session is ended', () => {
		expect(react('live', { onAir: onAir('ana', true) })).toEqual({
			kick: ['s-ana'],
			report: silence,
			intruder: false
		});
		expect(react('goingLive', { onAir: onAir('ana', true) })).toMatchObject({ report: null });
	});

	it('of an intruder counts as silence only when it lasts', () => {
		const briefly = { onAir: onAir('ben'), intrudedForMs: INTRUSION_FORGIVEN_MS - 1 };
		expect(react('live', briefly)).toEqual({ kick: ['s-ben'], report: null, intruder: true });
		const long = { ...briefly, intrudedForMs: INTRUSION_FORGIVEN_MS };
		expect(react('live', long)).toEqual({ kick: ['s-ben'], report: silence, intruder: true });
	});

	it('waiting beside the one on air is ended unless it is the agreed newcomer', () => {
		const waiting = [
			{ session: 's-ben', seat: ben.seat },
			{ session: 's-cleo', seat: seatId('cleo') },
			{ session: 's-old', seat: null },
			{ session: 's-ana-2', seat: ana.seat }
		];
		const sound = { onAir: onAir('ana'), waiting };
		expect(react('arriving', sound).kick).toEqual(['s-cleo', 's-old']);
		expect(react('live', sound).kick).toEqual(['s-ben', 's-cleo', 's-old']);
		expect(react('ready', sound).kick).toEqual(['s-ana', 's-ben', 's-cleo', 's-old', 's-ana-2']);
	});

	it('names a session once, also when it is listed twice', () => {
		const waiting = [{ session: 's-ben', seat: ben.seat }];
		expect(react('live', { onAir: onAir('ben'), waiting }).kick).toEqual(['s-ben']);
	});
});

describe('a booth that waits for a first sound', () => {
	it.each(Object.keys(PHASES) as PhaseName[])('%s', (name) => {
		const expected = name === 'goingLive' || name === 'accepted' || name === 'arriving';
		expect(awaitsSound(state(name))).toBe(expected);
	});
});
