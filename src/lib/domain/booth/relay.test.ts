import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boothId, personId, seatId, type BoothId } from '#lib/domain/ids.ts';
import { mayRelay, relayMap, relayQuality, type RelayMap } from './relay.ts';
import { mayCaption, type BoothState, type Participant } from './state.ts';

const [EN, FR, DE, ES] = [1, 2, 3, 4].map(boothId) as [BoothId, BoothId, BoothId, BoothId];
const mapOf = (...edges: readonly (readonly [BoothId, BoothId])[]): RelayMap =>
	new Map(
		[EN, FR, DE, ES].map((booth) => [
			booth,
			edges.filter(([to]) => to === booth).map(([, from]) => from)
		])
	);

test.each([
	['a booth that takes the floor', mapOf(), FR, EN, 'ok'],
	['itself', mapOf(), FR, FR, 'relay_self'],
	['a relay of another booth', mapOf([EN, DE]), FR, EN, 'ok'],
	['one that takes from here', mapOf([EN, FR]), FR, EN, 'relay_loop'],
	['a loop over two', mapOf([EN, DE], [DE, FR]), FR, EN, 'relay_loop'],
	['a loop that others already have', mapOf([EN, DE], [DE, EN]), FR, EN, 'ok'],
	['a booth of another room', mapOf(), FR, boothId(99), 'relay_elsewhere']
] as const)('relay from %s', (_, map, booth, from, expected) => {
	const answer = mayRelay(map, booth, from);
	expect(answer.ok ? 'ok' : answer.error.code).toBe(expected);
});

test('whatever is chosen in whatever order, no voice ever comes back to its own booth', () => {
	const aBooth = fc.constantFrom(EN, FR, DE, ES);
	fc.assert(
		fc.property(fc.array(fc.tuple(aBooth, aBooth), { maxLength: 30 }), (wishes) => {
			const chosen = new Map<BoothId, readonly BoothId[]>([EN, FR, DE, ES].map((one) => [one, []]));
			for (const [booth, from] of wishes)
				if (mayRelay(chosen, booth, from).ok) chosen.set(booth, [from]);
			for (const start of chosen.keys()) {
				let at = chosen.get(start)?.[0];
				for (let hops = 0; at !== undefined; hops++) {
					expect(at).not.toBe(start);
					expect(hops).toBeLessThan(4);
					at = chosen.get(at)?.[0];
				}
			}
		})
	);
});

const one = (seat: string, more: Partial<Participant> = {}): Participant => ({
	...{ seat: seatId(seat), person: personId(seat), name: seat, role: 'interpreter' },
	...{ portal: 'p', joinedAt: 0, presence: { kind: 'here' } },
	...more
});
const live = (...participants: Participant[]): BoothState => ({
	participants,
	phase: { kind: 'live', since: 0, active: one('ana') }
});

describe('what a booth’s state says', () => {
	test('quality is that of the one who speaks; the map has everybody who may be next', () => {
		const state = live(
			one('ana'),
			one('ben', { relay: DE }),
			one('desk', { role: 'coordinator', relay: ES })
		);
		expect(relayQuality(state)).toBe('direct');
		expect(relayQuality(live(one('ana', { relay: DE })))).toBe('relayed');
		expect(relayMap(new Map([[FR, state]]))).toEqual(new Map([[FR, [DE]]]));
	});

	test('captions follow the will of the one who speaks', () => {
		expect(mayCaption(live(one('ana'), one('ben', { captions: false })))).toBe(true);
		expect(mayCaption(live(one('ana', { captions: false })))).toBe(false);
		expect(mayCaption(live(one('ana', { captions: true })))).toBe(true);
		expect(mayCaption({ participants: [], phase: { kind: 'empty' } })).toBe(true);
	});
});
