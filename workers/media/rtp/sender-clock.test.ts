import { expect, test } from 'vitest';
import { SenderClock } from './sender-clock.ts';

test('knows no time before the first packet', () => {
	expect(new SenderClock().timestampAt(0)).toBeNull();
});

test('takes the least delayed packets for the truth', () => {
	const clock = new SenderClock();
	for (let n = 0; n < 50; n++) clock.packet(1000 + n * 960, n * 20 + (n % 5 === 0 ? 0 : 8));
	expect(Math.abs((clock.timestampAt(1000) ?? 0) - (1000 + 48_000))).toBeLessThan(48);
});

test('follows a jump of the line within seconds', () => {
	const clock = new SenderClock();
	for (let n = 0; n < 50; n++) clock.packet(n * 960, n * 20);
	for (let n = 50; n < 500; n++) clock.packet(n * 960 - 4800, n * 20);
	expect(Math.abs((clock.timestampAt(10_000) ?? 0) - (480_000 - 4800))).toBeLessThan(100);
});
