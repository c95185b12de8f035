import { expect, test } from 'vitest';
import { isSilent, sample, watchFrom, type PacketWatch } from './packet-watch.ts';

/** Samples every 250 ms; `packets(t)` is the counter at that time. */
function run(untilMs: number, packets: (ms: number) => number): PacketWatch {
	let watch = watchFrom(packets(0), 0);
	for (let now = 250; now <= untilMs; now += 250) watch = sample(watch, packets(now), now);
	return watch;
}

test('a line that flows is not silent, however slowly', () => {
	expect(isSilent(run(60_000, (ms) => Math.floor(ms / 1_900)))).toBe(false);
});

test('a line whose packets stop is silent after two seconds, not before', () => {
	const stopsAtOneSecond = (ms: number) => Math.min(50, ms / 20);
	expect(isSilent(run(3_000, stopsAtOneSecond))).toBe(false);
	expect(isSilent(run(3_250, stopsAtOneSecond))).toBe(true);
});

test('a line that never had a packet is silent', () => {
	expect(isSilent(run(2_250, () => 0))).toBe(true);
});

test('a phone that slept gives the line its two seconds again after waking', () => {
	const beforeSleep = run(1_000, (ms) => ms / 20);
	const woke = sample(beforeSleep, beforeSleep.packets, 600_000);
	expect(isSilent(woke)).toBe(false);
	expect(isSilent(sample(woke, woke.packets, 602_250))).toBe(true);
});

test('one packet makes the line flow again', () => {
	const silent = run(5_000, () => 7);
	expect(isSilent(silent)).toBe(true);
	expect(isSilent(sample(silent, 8, 5_250))).toBe(false);
});
