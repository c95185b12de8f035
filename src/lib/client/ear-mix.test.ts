import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choicesFrom, EAR_DEFAULTS, factor, mixOf, type EarFacts } from './ear-mix.ts';

const facts = (change: Partial<EarFacts>): EarFacts => ({
	...{ choices: EAR_DEFAULTS, muted: false, relayed: false, mate: false },
	...change
});
const at = (balance: number) => ({ ...EAR_DEFAULTS, balance });

test.each([
	['only the floor', facts({}), { floor: 1, relay: 0, mate: 0 }],
	['a relay replaces the floor', facts({ relayed: true }), { floor: 0, relay: 1, mate: 0 }],
	['the balance says nothing alone', facts({ choices: at(1) }), { floor: 1, relay: 0, mate: 0 }],
	['both', facts({ choices: at(0), mate: true }), { floor: 1, relay: 0, mate: 1 }],
	[
		'the mate in front',
		facts({ choices: at(0.5), mate: true }),
		{ floor: 0.25, relay: 0, mate: 1 }
	],
	[
		'only the floor beside',
		facts({ choices: at(-1), mate: true }),
		{ floor: 1, relay: 0, mate: 0 }
	],
	['only the mate', facts({ choices: at(1), mate: true }), { floor: 0, relay: 0, mate: 1 }],
	['silenced', facts({ muted: true, relayed: true }), { floor: 0, relay: 0, mate: 0 }]
])('%s', (_, given, mix) => {
	expect(mixOf(given)).toEqual(mix);
});

test('no choice makes anything louder than it is, and a mate who is not there is never heard', () => {
	fc.assert(
		fc.property(
			fc.record({
				choices: fc.record({
					volume: fc.double(),
					bass: fc.double(),
					treble: fc.double(),
					balance: fc.double({ noNaN: true })
				}),
				muted: fc.boolean(),
				relayed: fc.boolean(),
				mate: fc.boolean()
			}),
			(given) => {
				const { floor, relay, mate } = mixOf(given);
				for (const one of [floor, relay, mate]) expect(one >= 0 && one <= 1).toBe(true);
				expect(floor + relay).toBeLessThanOrEqual(1);
				if (!given.mate) expect(mate).toBe(0);
			}
		)
	);
});

test('what was kept is taken as far as it makes sense', () => {
	expect(choicesFrom(null)).toEqual(EAR_DEFAULTS);
	expect(choicesFrom({ volume: 0.5, bass: 99, treble: -3, balance: 'x' })).toEqual({
		...EAR_DEFAULTS,
		volume: 0.5,
		treble: -3
	});
	expect(factor(0.5)).toBe(0.25);
});
