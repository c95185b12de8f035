import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heard, type Air } from './heard.ts';

const room = (fr: Air, floor: Air) => [
	{ language: 'floor', air: floor },
	{ language: 'fr', air: fr }
];

describe('what is heard', () => {
	test.each([
		['on', 'on', 'interpretation', 'fr'],
		['on', 'off', 'interpretation', 'fr'],
		['off', 'on', 'floor', 'floor'],
		['closed', 'on', 'floor', 'floor']
	] as const)('booth %s and floor %s: %s', (fr, floor, kind, language) => {
		expect(heard(room(fr, floor), 'fr')).toMatchObject({ kind, channel: { language } });
	});

	test('the floor says why it is heard', () => {
		expect(heard(room('off', 'on'), 'fr')).toMatchObject({ because: 'off' });
		expect(heard(room('closed', 'on'), 'fr')).toMatchObject({ because: 'closed' });
		expect(heard(room('on', 'on'), 'floor')).toMatchObject({ kind: 'floor', because: 'chosen' });
	});

	test('with booth and floor off nothing is heard, and the booth is waited on', () => {
		expect(heard(room('off', 'off'), 'fr')).toMatchObject({
			kind: 'nothing',
			because: 'off',
			waitOn: { language: 'fr' }
		});
		expect(heard(room('on', 'off'), 'floor')).toEqual({
			kind: 'nothing',
			because: 'floor-off',
			waitOn: null
		});
	});

	test('whoever wants silence instead of the floor waits on the booth', () => {
		expect(heard(room('off', 'on'), 'fr', 'silence')).toMatchObject({
			kind: 'nothing',
			because: 'off',
			waitOn: { language: 'fr' }
		});
		expect(heard(room('on', 'on'), 'fr', 'silence')).toMatchObject({ kind: 'interpretation' });
		expect(heard(room('off', 'on'), 'floor', 'silence')).toMatchObject({ kind: 'floor' });
	});

	test('a language without a booth is nothing, never another language', () => {
		expect(heard(room('on', 'on'), 'de')).toEqual({
			kind: 'nothing',
			because: 'no-channel',
			waitOn: null
		});
	});

	test('what is off air is never heard, and another interpretation never either', () => {
		const air = fc.constantFrom<Air>('on', 'off', 'closed');
		const channels = fc
			.tuple(air, air, air)
			.map(([floor, fr, de]) => [...room(fr, floor), { language: 'de', air: de }]);
		fc.assert(
			fc.property(channels, fc.constantFrom('fr', 'de', 'floor', 'es'), (all, chosen) => {
				const result = heard(all, chosen);
				if (result.kind === 'nothing') return;
				expect(result.channel.air).toBe('on');
				expect([chosen, 'floor']).toContain(result.channel.language);
			})
		);
	});
});
