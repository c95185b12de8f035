import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inDeskOrder } from './order.ts';

const rooms = [{ slug: 'main' }, { slug: 'side' }];
const one = (booth: number, room: string, ...alerts: string[]) => ({ booth, room, alerts });

test('room by room, the troubled first, the others where they were', () => {
	const booths = [
		one(1, 'side'),
		one(2, 'main'),
		one(3, 'main', 'loss'),
		one(4, 'main'),
		one(5, 'side', 'loss')
	];
	expect(inDeskOrder(booths, rooms).map(({ booth }) => booth)).toEqual([3, 2, 4, 5, 1]);
});

test('nobody is lost on the way, and sorting again moves nothing', () => {
	const aBooth = fc.record({
		booth: fc.nat(),
		room: fc.constantFrom('main', 'side', 'gone'),
		alerts: fc.array(fc.constant('loss'), { maxLength: 2 })
	});
	fc.assert(
		fc.property(fc.array(aBooth), (booths) => {
			const sorted = inDeskOrder(booths, rooms);
			expect(new Set(sorted)).toEqual(new Set(booths));
			expect(inDeskOrder(sorted, rooms)).toEqual(sorted);
		})
	);
});
