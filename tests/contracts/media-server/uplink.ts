import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { sequenceDistance, timestampDistance } from '../../support/rtp.ts';
import { udpRelay } from '../../support/udp-relay.ts';
import { OPUS_CLOCK_HZ, SAMPLES_PER_FRAME } from '../../support/voices.ts';
import type { WhepReader } from '../../support/webrtc/whep-reader.ts';
import { pathState } from './control-api.ts';
import { differences } from './differences.ts';
import { expectUnbroken, silence, speakUntilHeard, twoVoices } from './hearing.ts';
import type { Stage } from './stage.ts';

const SENDER_REPORT = 200;

/** What listeners hear of a publisher whose way to the server is bad, or ends. */
export function uplink(stage: () => Stage): void {
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
