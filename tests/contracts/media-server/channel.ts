import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { sequenceDistance, timestampDistance } from '../../support/rtp.ts';
import { levelDbfs, pitchLevelDbfs } from '../../support/sound-level.ts';
import { udpRelay } from '../../support/udp-relay.ts';
import {
	decodeOpus,
	OPUS_CLOCK_HZ,
	recogniser,
	SAMPLES_PER_FRAME,
	toneVoice,
	type Voice
} from '../../support/voices.ts';
import type { HeardPacket, WhepReader } from '../../support/webrtc/whep-reader.ts';
import type { WhipPublisher } from '../../support/webrtc/whip-publisher.ts';
import { pathState } from './control-api.ts';
import { differences } from './differences.ts';
import type { MediaServerKind } from './running-media-server.ts';
import type { Stage } from './stage.ts';

const ENDED = ['closed', 'disconnected'];
const SENDER_REPORT = 200;

/** What listeners of an always available channel hear while publishers come, go, fail and take over. */
export function channel(stage: () => Stage): void {
	async function twoVoices(): Promise<{
		a: Voice;
		b: Voice;
		who: (packet: HeardPacket) => { pitchHz: number; index: number } | undefined;
	}> {
		const [a, b] = await Promise.all([toneVoice(440), toneVoice(1030)]);
		const known = recogniser([a, b]);
		return { a, b, who: (packet) => known(packet.payload) };
	}

	/** Starts to speak and resolves when `reader` has heard `frames` frames of it. */
	async function speakUntilHeard(
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

	const silence = (who: (packet: HeardPacket) => unknown) => (packet: HeardPacket) =>
		who(packet) === undefined;

	it('gives who comes before anybody speaks a steady silence', async () => {
		const reader = await stage().listen(await stage().channel());
		const first = await reader.next('the first packet', () => true, 1_000);
		await reader.next('two seconds more', ({ atMs }) => atMs - first.atMs >= 2_000);

		const gapsMs = steps(reader.packets, (from, to) => to.atMs - from.atMs);
		expect(reader.packets.length).toBeGreaterThan(80);
		expect(reader.packets.length).toBeLessThan(130);
		expect(Math.max(...gapsMs)).toBeLessThan(300);
		const atOnce = gapsMs.filter((gap) => gap < 4).length / gapsMs.length;
		if (differences.silencePacing[stage().server.kind] === 'even') expect(atOnce).toBeLessThan(0.3);
		else expect(atOnce).toBeGreaterThan(0.6);
		expectUnbroken(reader.packets, stage().server.kind);

		const pcm = await decodeOpus(reader.packets.map(({ payload }) => payload));
		expect(levelDbfs(pcm)).toBeLessThan(-60);
	});

	it('lets everyone hear within half a second, ten times in a row', async () => {
		const path = await stage().channel();
		for (let i = 0; i < 10; i++) {
			const askedAtMs = performance.now();
			const reader = await stage().listen(path);
			const { atMs } = await reader.next('the first packet', () => true);
			expect(atMs - askedAtMs, `join ${i + 1}`).toBeLessThan(500);
			expect(await reader.leave()).toBe(200);
		}
	});

	it('brings a voice to every listener as it was sent, and silence back when it leaves', async () => {
		const { a, who } = await twoVoices();
		const path = await stage().channel();
		const [first, second] = [await stage().listen(path), await stage().listen(path)];
		const publisher = await stage().publish(path, a);
		await speakUntilHeard(publisher, a, first, 50);
		const late = await stage().listen(path);
		await late.next(
			'the voice, by one who came late',
			(packet) => who(packet) !== undefined,
			1_000
		);
		expect(await pathState(stage().api, path)).toMatchObject({
			online: true,
			source: { type: 'webRTCSession', id: publisher.session.id }
		});

		const quiet = [first, second, late].map((reader) =>
			reader.next('silence', silence(who), 1_000)
		);
		expect(await publisher.leave()).toBe(200);
		await Promise.all(quiet);
		await eventually('it is offline', async () => {
			const { online, source, available } = await pathState(stage().api, path);
			return !online && source === null && available;
		});

		for (const reader of [first, second, late]) {
			const indexes = reader.packets.flatMap((packet) => who(packet)?.index ?? []);
			expect(indexes.length).toBeGreaterThan(0);
			expect(steps(indexes, (from, to) => to - from).every((step) => step === 1)).toBe(true);
			expectUnbroken(reader.packets, stage().server.kind);
		}
		expect(first.packets.flatMap((packet) => who(packet)?.index ?? [])[0]).toBe(0);
		const pcm = await decodeOpus(first.packets.filter(who).map(({ payload }) => payload));
		expect(pitchLevelDbfs(pcm, OPUS_CLOCK_HZ, 440)).toBeGreaterThan(-15);
		expect(pitchLevelDbfs(pcm, OPUS_CLOCK_HZ, 1030)).toBeLessThan(-50);
	});

	it('does not let one listener that leaves disturb another', async () => {
		const { a, who } = await twoVoices();
		const path = await stage().channel();
		const [staying, leaving] = [await stage().listen(path), await stage().listen(path)];
		const publisher = await stage().publish(path, a);
		await speakUntilHeard(publisher, a, staying, 10);
		expect(await leaving.leave()).toBe(200);
		await speakUntilHeard(publisher, a, staying, 20);
		await eventually('one reader is left', async () => {
			const { readers } = await pathState(stage().api, path);
			return readers.length === 1 && readers[0]?.id === staying.session.id;
		});
		const indexes = staying.packets.flatMap((packet) => who(packet)?.index ?? []);
		expect(steps(indexes, (from, to) => to - from).every((step) => step === 1)).toBe(true);
	});

	it('changes voices on the first packet of a second publisher, for good', async () => {
		const { a, b, who } = await twoVoices();
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const outgoing = await stage().publish(path, a);
		await speakUntilHeard(outgoing, a, reader, 25);

		// Connected is not yet on air: the one who speaks goes on being heard.
		const incoming = await stage().publish(path, b);
		await speakUntilHeard(outgoing, a, reader, 25);
		expect((await pathState(stage().api, path)).source?.id).toBe(outgoing.session.id);
		expect(reader.packets.some((packet) => who(packet)?.pitchHz === b.pitchHz)).toBe(false);

		// Nobody tells the outgoing one to stop; what it sends from here on must not be heard.
		await speakUntilHeard(incoming, b, reader, 25);
		expect(ENDED).toContain(await outgoing.ended);
		await speakUntilHeard(incoming, b, reader, 25);

		const pitches = reader.packets.map((packet) => who(packet)?.pitchHz);
		const lastOld = pitches.lastIndexOf(a.pitchHz);
		const firstNew = pitches.indexOf(b.pitchHz);
		expect(lastOld).toBeLessThan(firstNew);
		expect(firstNew - lastOld - 1).toBeLessThanOrEqual(
			differences.handoverSilentFrames[stage().server.kind].atMost
		);
		expect(pitches.slice(lastOld + 1, firstNew).every((pitch) => pitch === undefined)).toBe(true);
		expectUnbroken(reader.packets, stage().server.kind);
		const news = reader.packets.flatMap((packet) => {
			const found = who(packet);
			return found?.pitchHz === b.pitchHz ? [found.index] : [];
		});
		expect(news[0]).toBe(0);
		expect((await pathState(stage().api, path)).source?.id).toBe(incoming.session.id);
	});

	it('takes the same person back after a break, on one unbroken line', async () => {
		const { a, b } = await twoVoices();
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const before = await stage().publish(path, a);
		await speakUntilHeard(before, a, reader, 10);
		await before.leave();
		const after = await stage().publish(path, b, { firstSequenceNumber: 3, firstTimestamp: 7 });
		await speakUntilHeard(after, b, reader, 10);
		expectUnbroken(reader.packets, stage().server.kind);
	});

	it("follows a publisher's numbers round the end of their range", async () => {
		const { a, who } = await twoVoices();
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, a, {
			firstSequenceNumber: 0x1_0000 - 10,
			firstTimestamp: 2 ** 32 - 10 * SAMPLES_PER_FRAME
		});
		await speakUntilHeard(publisher, a, reader, 40);
		const indexes = reader.packets.flatMap((packet) => who(packet)?.index ?? []);
		expect(indexes.slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, index) => index));
		expectUnbroken(reader.packets, stage().server.kind);
	});

	it('lets a packet that was lost on the way up cost itself, and nothing be heard twice', async () => {
		const lost = 3;
		const { a, who } = await twoVoices();
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, a);
		await speakUntilHeard(publisher, a, reader, 25);
		publisher.pause();
		publisher.lose(lost);
		const lastBefore = publisher.sent.at(-1)?.index ?? 0;
		const after = reader.next(
			'the first frame after the loss',
			(packet) => who(packet)?.index === lastBefore + lost + 1
		);
		publisher.speak();
		const { atMs: heardAtMs } = await after;
		await speakUntilHeard(publisher, a, reader, 10);

		const sentAtMs = publisher.sent.find(({ index }) => index === lastBefore + lost + 1)?.atMs ?? 0;
		const { gapVisible, delayedByMs } = differences.uplinkLoss[stage().server.kind];
		expect(heardAtMs - sentAtMs).toBeLessThan(delayedByMs.atMost);

		const voiced = reader.packets.filter(who);
		const indexes = voiced.flatMap((packet) => who(packet)?.index ?? []);
		const at = indexes.indexOf(lastBefore);
		const [before, behind] = [voiced[at], voiced[at + 1]];
		if (before === undefined || behind === undefined) throw new Error('the loss was not heard');
		expect(who(behind)?.index).toBe(lastBefore + lost + 1);
		expect(new Set(indexes).size).toBe(indexes.length);
		expect(sequenceDistance(before.sequenceNumber, behind.sequenceNumber)).toBe(
			gapVisible ? 1 + lost : 1
		);
		if (gapVisible)
			expect(timestampDistance(before.timestamp, behind.timestamp)).toBe(
				(1 + lost) * SAMPLES_PER_FRAME
			);
	});

	it('keeps the order of packets that overtook each other readable from their numbers', async () => {
		const { a, who } = await twoVoices();
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, a);
		await speakUntilHeard(publisher, a, reader, 25);
		publisher.pause();
		const next = (publisher.sent.at(-1)?.index ?? 0) + 1;
		publisher.sendInOrder([1, 0, 2, 4, 3]);
		await speakUntilHeard(publisher, a, reader, 15);

		const overtaking = reader.packets.flatMap((packet) => {
			const index = who(packet)?.index ?? -1;
			return index >= next && index < next + 5 ? [{ ...packet, index }] : [];
		});
		const arrived = overtaking.map(({ index }) => index - next);
		if (differences.uplinkReordering[stage().server.kind] === 'as-arrived')
			expect(arrived).toEqual([1, 0, 2, 4, 3]);
		else expect(arrived).toEqual([0, 1, 2, 3, 4]);
		const inOrder = overtaking.sort((x, y) => sequenceDistance(y.sequenceNumber, x.sequenceNumber));
		expect(inOrder.map(({ index }) => index - next)).toEqual([0, 1, 2, 3, 4]);
		expectUnbroken(inOrder, stage().server.kind);
	});

	it('tells the time of the stream in sender reports', async () => {
		const { a } = await twoVoices();
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, a);
		await speakUntilHeard(publisher, a, reader, 10);
		const report = await reader.nextReport(
			'a sender report',
			(bytes) => bytes[1] === SENDER_REPORT,
			8_000
		);
		const newest = reader.packets.at(-1);
		expect(report.readUInt32BE(4)).toBe(newest?.ssrc);
		const aheadOf = timestampDistance(newest?.timestamp ?? 0, report.readUInt32BE(16));
		expect(Math.abs(aheadOf)).toBeLessThan(OPUS_CLOCK_HZ);
		// NTP seconds (RFC 3550, section 4) begin in 1900.
		const seconds = report.readUInt32BE(8) - 2_208_988_800;
		expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
	});

	describe('a publisher that dies without a word', () => {
		async function cutOff(): Promise<{ path: string; reader: WhepReader; id: string }> {
			const { a } = await twoVoices();
			const path = await stage().channel();
			const reader = await stage().listen(path);
			const relay = await udpRelay();
			stage().closeLater(relay);
			const publisher = await stage().publish(path, a, { through: relay });
			await speakUntilHeard(publisher, a, reader, 10);
			relay.cut();
			return { path, reader, id: publisher.session.id };
		}

		it('gives way to silence when it is kicked', async () => {
			const { who } = await twoVoices();
			const { path, reader, id } = await cutOff();
			const quiet = reader.next('silence', silence(who), 1_000);
			expect((await stage().api.send('POST', `/v3/webrtcsessions/kick/${id}`)).status).toBe(200);
			await quiet;
			await eventually('it is offline', async () => !(await pathState(stage().api, path)).online);
		});

		it('is noticed by the server itself', async ({ skip }) => {
			const limit = differences.silentDeathNoticedMs[stage().server.kind];
			if (limit === 'after-half-a-minute') return skip('it takes half a minute');
			const { who } = await twoVoices();
			const { path, reader } = await cutOff();
			await eventually('offline', async () => !(await pathState(stage().api, path)).online, {
				withinMs: limit.atMost
			});
			await reader.next('silence', silence(who), 1_000);
		});
	});
}

function steps<T>(items: readonly T[], step: (from: T, to: T) => number): number[] {
	return items.slice(1).map((to, i) => step(items[i] as T, to));
}

/**
 * No number is repeated and none missing, but those a server is known to skip at a change; time goes forward by
 * a frame or, across a change, by less than a second; it is one stream to the end.
 */
function expectUnbroken(packets: readonly HeardPacket[], kind: MediaServerKind): void {
	const mostSkipped = differences.numbersSkippedAtChange[kind].atMost;
	const numbers = steps(packets, (from, to) =>
		sequenceDistance(from.sequenceNumber, to.sequenceNumber)
	);
	expect(numbers.filter((step) => step < 1 || step > 1 + mostSkipped)).toEqual([]);
	const times = steps(packets, (from, to) => timestampDistance(from.timestamp, to.timestamp));
	expect(times.filter((step) => step < SAMPLES_PER_FRAME || step > OPUS_CLOCK_HZ)).toEqual([]);
	expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
}
