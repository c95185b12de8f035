import { describe, expect, test } from 'vitest';
import type { Handover, Phase, ReadyReason } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { BoothParticipant, BoothView } from '#lib/protocol/booth.ts';
import { ALONE_BEFORE_SPEAKING_MS, nextStep, soundWanted, type SoundWanted } from './behaviour.ts';

const NOW = 1_000_000;
const seatOf = (name: string) => ({ seat: seatId(name), person: personId(name), name });
const me = seatOf('me');
const anna = seatOf('anna');

function sitting(seat: typeof me, joinedAt: number, connected = true): BoothParticipant {
	return { ...seat, role: 'interpreter', joinedAt, connected, relay: null, captions: null };
}

function booth(phase: Phase, participants = [sitting(me, 1), sitting(anna, 0)]): BoothView {
	return {
		booth: 1,
		version: 1,
		serverNow: NOW,
		event: { slug: 'demo', name: 'Demo' },
		room: { slug: 'main', name: 'Main', main: true },
		language: 'en' as LanguageCode,
		phase,
		participants,
		ingest_status: 'disconnected',
		listeners: 0,
		media_ok: true,
		captions: { kind: 'off' },
		relays: [],
		turnSince: null,
		you: { seat: me.seat, acts: [] }
	};
}

const ready = (active: typeof me, reason: ReadyReason): Phase => ({
	kind: 'ready',
	active,
	reason
});
const live = (active: typeof me): Phase => ({ kind: 'live', active, since: 0 });
const handover = (active: typeof me, to: typeof me, step: Handover['step']): Phase => ({
	kind: 'handing-over',
	active,
	since: 0,
	handover: { step, to, deadline: NOW }
});
const step = (view: BoothView, aloneSinceMs: number | null = null) =>
	nextStep(view, aloneSinceMs, NOW);

describe('alone in the booth', () => {
	const alone = booth(ready(me, 'not-asked'), [sitting(me, 0)]);

	test('it goes live once nobody has been there for a while', () => {
		expect(step(alone, NOW - ALONE_BEFORE_SPEAKING_MS + 1)).toEqual({ act: 'wait' });
		expect(step(alone, NOW - ALONE_BEFORE_SPEAKING_MS)).toEqual({ act: 'go-live' });
	});

	test('it goes on by itself after the media server was away', () => {
		const mine = [sitting(me, 0)];
		expect(step(booth(ready(me, 'sound-lost'), mine), NOW)).toEqual({ act: 'go-live' });
		expect(step(booth(ready(me, 'no-sound'), mine), NOW)).toEqual({ act: 'go-live' });
	});

	test('a closed booth stays silent', () => {
		const closed = booth({ kind: 'closed' }, [sitting(me, 0)]);
		expect(step(closed, 0)).toEqual({ act: 'wait' });
		expect(soundWanted(closed)).toBe('off');
	});
});

describe('with a person in the booth', () => {
	test.each<ReadyReason>(['not-asked', 'stopped', 'seat-lost', 'reopened'])(
		'it gives the right it does not use away (%s)',
		(reason) => {
			expect(step(booth(ready(me, reason)))).toEqual({ act: 'offer', to: anna.seat });
		}
	);

	test('it waits for one whose connection is lost, and does not speak', () => {
		const view = booth(ready(me, 'seat-lost'), [sitting(me, 1), sitting(anna, 0, false)]);
		expect(step(view)).toEqual({ act: 'wait' });
	});

	test('it speaks when a person hands over to it', () => {
		expect(step(booth(ready(me, 'given')))).toEqual({ act: 'go-live' });
		expect(step(booth(handover(anna, me, 'offered')))).toEqual({ act: 'accept' });
	});

	test('it gives the microphone to whoever asks', () => {
		expect(step(booth(handover(me, anna, 'requested')))).toEqual({ act: 'accept' });
	});

	test('it leaves questions between others alone', () => {
		expect(step(booth(handover(me, anna, 'accepted')))).toEqual({ act: 'wait' });
		expect(step(booth(handover(anna, me, 'accepted')))).toEqual({ act: 'wait' });
		expect(step(booth(live(anna)))).toEqual({ act: 'wait' });
	});

	test('it lets those who came later go first, so that they succeed each other', () => {
		const boris = sitting(seatOf('boris'), 2);
		expect(step(booth(live(anna), [sitting(anna, 0), sitting(me, 1), boris]))).toEqual({
			act: 'sit-last'
		});
		const observer: BoothParticipant = { ...boris, role: 'observer' };
		expect(step(booth(live(anna), [sitting(anna, 0), sitting(me, 1), observer]))).toEqual({
			act: 'wait'
		});
	});
});

describe('sound', () => {
	test.each<[string, Phase, SoundWanted]>([
		['empty', { kind: 'empty' }, 'off'],
		['mine, off air', ready(me, 'given'), 'off'],
		['mine, going live', { kind: 'going-live', active: me, deadline: NOW }, 'on'],
		['mine, live', live(me), 'on'],
		["somebody else's", live(anna), 'off'],
		['asked for, not agreed', handover(me, anna, 'requested'), 'on'],
		[
			'mine until the newcomer is heard, and not begun again',
			handover(me, anna, 'arriving'),
			'keep'
		],
		['offered to me, not agreed', handover(anna, me, 'offered'), 'off'],
		['agreed, I am awaited', handover(anna, me, 'accepted'), 'on'],
		['awaited still', handover(anna, me, 'arriving'), 'on']
	])('%s', (_name, phase, expected) => {
		expect(soundWanted(booth(phase))).toBe(expected);
	});
});
