import { expect } from 'vitest';
import { sequenceDistance, timestampDistance } from '../../support/rtp.ts';
import { OPUS_CLOCK_HZ, recogniser, toneVoice, type Voice } from '../../support/voices.ts';
import type { HeardPacket, WhepReader } from '../../support/webrtc/whep-reader.ts';
import type { WhipPublisher } from '../../support/webrtc/whip-publisher.ts';
import { differences } from './differences.ts';
import type { MediaServerKind } from './running-media-server.ts';

/** Two voices and who a received packet is of; undefined: neither. */
export async function twoVoices(): Promise<{
	a: Voice;
	b: Voice;
	who: (packet: HeardPacket) => { pitchHz: number; index: number } | undefined;
}> {
	const [a, b] = await Promise.all([toneVoice(440), toneVoice(1030)]);
	const known = recogniser([a, b]);
	return { a, b, who: (packet) => known(packet.payload) };
}

/** Starts to speak and resolves when `reader` has heard `frames` frames of it. */
export async function speakUntilHeard(
	publisher: WhipPublisher,
	voice: Voice,
	reader: WhepReader,
	frames = 1
): Promise<void> {
	const known = recogniser([voice]);
	let heard = 0;
	const enough = reader.next(
		`${frames} frames of ${voice.pitchHz} Hz`,
		(packet) => known(packet.payload) !== undefined && ++heard >= frames,
		10_000
	);
	publisher.speak();
	await enough;
}

/** What is nobody's voice. */
export const silence = (who: (packet: HeardPacket) => unknown) => (packet: HeardPacket) =>
	who(packet) === undefined;

/** What `step` makes of each two neighbours. */
export function steps<T>(items: readonly T[], step: (from: T, to: T) => number): number[] {
	return items.slice(1).map((to, i) => step(items[i] as T, to));
}

/**
 * No number is repeated and none missing, but those a server is known to skip at a change; time goes forward by
 * a frame or, across a change, by less than a second; it is one stream to the end.
 */
export function expectUnbroken(packets: readonly HeardPacket[], kind: MediaServerKind): void {
	const mostSkipped = differences.numbersSkippedAtChange[kind].atMost;
	const numbers = steps(packets, (from, to) =>
		sequenceDistance(from.sequenceNumber, to.sequenceNumber)
	);
	expect(numbers.filter((step) => step < 1 || step > 1 + mostSkipped)).toEqual([]);
	const times = steps(packets, (from, to) => timestampDistance(from.timestamp, to.timestamp));
	const shortest = differences.shortestFrameSamples[kind];
	expect(times.filter((step) => step < shortest || step > OPUS_CLOCK_HZ)).toEqual([]);
	expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
}
