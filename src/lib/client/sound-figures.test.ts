import { expect, test } from 'vitest';
import { createFigureLog } from './sound-figures.ts';
import type { Measured } from './whep-session.ts';

const NOTHING: Measured = {
	packets: 0,
	packetsLost: 0,
	bufferDelay: 0,
	bufferEmitted: 0,
	roundTrip: null,
	energy: 0,
	seconds: 0,
	samples: 0,
	concealed: 0,
	jitter: 0,
	bytes: 0
};

test('counts the last ten seconds, not the whole visit', () => {
	let clock = 0;
	const log = createFigureLog(() => clock);
	expect(log.figures()).toBeNull();
	for (let n = 0; n <= 240; n++) {
		clock = n * 250;
		// A bad first minute half, a good rest.
		const lost = Math.min(n, 120) * 3;
		log.add({ ...NOTHING, packets: n * 12, packetsLost: lost, samples: n * 12_000, jitter: 0.01 });
	}
	expect(log.figures()).toMatchObject({ flowing: true, lost: 0, jitterMs: 10 });
	clock += 5_000;
	expect(log.figures()).toMatchObject({ flowing: false });
});

test('a new session begins a new count', () => {
	let clock = 0;
	const log = createFigureLog(() => clock);
	log.add({ ...NOTHING, packets: 1_000, packetsLost: 500 });
	clock = 250;
	log.add({ ...NOTHING, packets: 10 });
	clock = 500;
	log.add({ ...NOTHING, packets: 20 });
	expect(log.figures()).toMatchObject({ lost: 0 });
});
