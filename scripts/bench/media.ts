import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { startEmbedded } from '../../tests/contracts/media-server/start-embedded.ts';
import { startMediaMtx } from '../../tests/contracts/media-server/start-mediamtx.ts';
import type { RunningMediaServer } from '../../tests/contracts/media-server/running-media-server.ts';
import { stageOn, type Stage } from '../../tests/contracts/media-server/stage.ts';
import { recogniser, toneVoice, FRAME_MS } from '../../tests/support/voices.ts';
import { taps } from './browser.ts';
import { directTransits } from './direct.ts';
import type { HeardPacket } from '../../tests/support/webrtc/whep-reader.ts';

/** What one media server did; milliseconds unless the name says otherwise. */
export type MediaFigures = {
	/** A native listener, from the WHEP POST; libdatachannel as a client is let in 50 ms late on purpose. */
	readonly nativeFirstPacketMs: Spread;
	/** The listener's page in Chromium: from the media server's answer to the first packet. */
	readonly browserAnswerToPacketMs: Spread;
	/** The listener's page in Chromium, from the tap. */
	readonly browserTapToSoundMs: Spread;
	/** From a native publisher to a native listener. */
	readonly throughServerMs: Spread;
	/** The same two ends without a server, measured right after. */
	readonly directMs: Spread;
	readonly handoverGapMs: Spread;
	readonly handoverTimestampJumps: number;
	readonly lateAfterOneLostPacketMs: Spread;
};

export type Spread = { readonly p50: number; readonly p99: number; readonly max: number };

export type Subject = { readonly name: string; start(): Promise<RunningMediaServer> };

/** The embedded server always; MediaMTX beside it, in the same run, when `MEDIAMTX_BIN` names one. */
export function subjects(): readonly Subject[] {
	const binary = process.env['MEDIAMTX_BIN'];
	return [
		{ name: 'embedded', start: startEmbedded },
		...(binary ? [{ name: 'MediaMTX', start: () => startMediaMtx(binary) }] : [])
	];
}

const JOINS = 10;
const HANDOVERS = 5;
const LOSSES = 3;
const TAPS = 15;
const DELAY_SECONDS = 10;
const DELAY_FRAMES = (DELAY_SECONDS * 1000) / FRAME_MS;

export async function measure(server: RunningMediaServer): Promise<MediaFigures> {
	const stage = stageOn(server);
	const firstPacketMs = await joins(stage);
	const tapped = await taps(server, TAPS);
	const throughServerMs = await delay(stage);
	const directMs = await directTransits(await toneVoice(620), DELAY_FRAMES);
	const handover = await handovers(stage);
	const lateAfterOneLostPacketMs = await losses(stage);
	await stage.clear();
	return {
		nativeFirstPacketMs: spread(firstPacketMs),
		browserAnswerToPacketMs: spread(
			tapped.map(({ answerMs, firstPacketMs }) => firstPacketMs - answerMs)
		),
		browserTapToSoundMs: spread(tapped.map(({ firstSoundMs }) => firstSoundMs)),
		throughServerMs: spread(throughServerMs),
		directMs: spread(directMs),
		handoverGapMs: spread(handover.gapsMs),
		handoverTimestampJumps: handover.timestampJumps,
		lateAfterOneLostPacketMs: spread(lateAfterOneLostPacketMs)
	};
}

/** From the WHEP POST to the first packet. */
async function joins(stage: Stage): Promise<number[]> {
	const path = await stage.channel();
	(await stage.publish(path, await toneVoice(440))).speak();
	const took: number[] = [];
	for (let n = 0; n < JOINS; n++) {
		const startedAt = performance.now();
		const listener = await stage.listen(path);
		const first = listener.packets[0] ?? (await listener.next('a first packet', () => true));
		took.push(first.atMs - startedAt);
		await listener.leave();
	}
	return took;
}

/** From each frame's sending to its arrival, by one clock: both ends are in this process. */
async function delay(stage: Stage): Promise<number[]> {
	const path = await stage.channel();
	const voice = await toneVoice(620);
	const publisher = await stage.publish(path, voice);
	const listener = await stage.listen(path);
	publisher.speak();
	const known = recogniser([voice]);
	await listener.next(
		'the last frame',
		({ payload }) => (known(payload)?.index ?? 0) >= DELAY_FRAMES,
		DELAY_SECONDS * 2_000
	);
	const sentAt = new Map(publisher.sent.map(({ index, atMs }) => [index, atMs]));
	publisher.close();
	return listener.packets.flatMap(({ payload, atMs }) => {
		const sent = sentAt.get(known(payload)?.index ?? -1);
		return sent === undefined ? [] : [atMs - sent];
	});
}

/** Last packet of the old voice to the first of the new one, beyond the 20 ms that are due. */
async function handovers(stage: Stage): Promise<{ gapsMs: number[]; timestampJumps: number }> {
	const path = await stage.channel();
	const voices = [await toneVoice(440), await toneVoice(880)] as const;
	const known = recogniser(voices);
	const listener = await stage.listen(path);
	let current = await stage.publish(path, voices[0]);
	current.speak();
	const gapsMs: number[] = [];
	let timestampJumps = 0;
	for (let n = 0; n < HANDOVERS; n++) {
		const [from, to] = n % 2 === 0 ? voices : [voices[1], voices[0]];
		await listener.next(
			'the voice before',
			({ payload }) => known(payload)?.pitchHz === from.pitchHz
		);
		const next = await stage.publish(path, to);
		next.speak();
		const first = await listener.next(
			'the new voice',
			({ payload }) => known(payload)?.pitchHz === to.pitchHz
		);
		const earlier = listener.packets.filter(
			({ payload, atMs }) => atMs < first.atMs && known(payload)?.pitchHz === from.pitchHz
		);
		const last = earlier.at(-1);
		if (last) {
			gapsMs.push(Math.max(0, first.atMs - last.atMs - FRAME_MS));
			const silent = listener.packets.indexOf(first) - listener.packets.indexOf(last);
			if ((first.timestamp - last.timestamp) >>> 0 !== silent * 960) timestampJumps++;
		}
		current.close();
		current = next;
	}
	return { gapsMs, timestampJumps };
}

/** How late the frame after a lost one arrives, against the pace before. */
async function losses(stage: Stage): Promise<number[]> {
	const voice = await toneVoice(740);
	const known = recogniser([voice]);
	const late: number[] = [];
	for (let n = 0; n < LOSSES; n++) {
		const path = await stage.channel();
		const publisher = await stage.publish(path, voice);
		const listener = await stage.listen(path);
		publisher.speak();
		await listener.next('a second of speech', ({ payload }) => known(payload)?.index === 50);
		const lost = publisher.sent.length;
		// The clock of the speech goes on: the frame after the lost one is due 40 ms after the one before it.
		publisher.lose(1);
		await listener.next('the frame after', ({ payload }) => known(payload)?.index === lost + 1);
		const after = listener.packets.findIndex(({ payload }) => known(payload)?.index === lost + 1);
		late.push(
			latenessMs(listener.packets.slice(0, after + 1), (payload) => known(payload)?.index).at(-1) ??
				NaN
		);
		publisher.close();
		listener.close();
	}
	return late;
}

/** Lateness of each known frame against the quickest of them, by the 20 ms pace of its number. */
function latenessMs(
	packets: readonly HeardPacket[],
	indexOf: (payload: Buffer) => number | undefined
): number[] {
	const offsets = packets.flatMap(({ payload, atMs }) => {
		const index = indexOf(payload);
		return index === undefined ? [] : [atMs - index * FRAME_MS];
	});
	const quickest = Math.min(...offsets);
	return offsets.map((offset) => offset - quickest);
}

export function spread(values: readonly number[]): Spread {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (share: number): number =>
		round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
	return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** CPU seconds a process has used, both in and for it. */
export function cpuSeconds(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory in MiB. */
export function residentMib(pid: number): number {
	return round(
		Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024
	);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
