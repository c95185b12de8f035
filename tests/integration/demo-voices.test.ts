import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadTicket } from '#lib/protocol/booth.ts';
import { opusFramesOfOgg } from '../../workers/demo-voices/ogg-opus.ts';
import { eventually } from '../support/eventually.ts';
import { enterBooth, publishTicket, redeem, type Guest } from '../support/guest.ts';
import { startProcess, type RunningProcess } from '../support/running-process.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { recogniser, toneVoice } from '../support/voices.ts';
import { listen, type HeardPacket, type WhepReader } from '../support/webrtc/whep-reader.ts';
import { publish, type WhipPublisher } from '../support/webrtc/whip-publisher.ts';

const ENGLISH = { event: 'demo', language: 'en' };
const FLOOR = { event: 'demo', language: 'floor' };
/** The demo voice waits for 10 s without people; all else is patience with a busy machine. */
const ALONE_MS = 10_000;
const PATIENCE_MS = 45_000;

let stack: Stack;
let voices: RunningProcess;
let listener: WhepReader;

const speechOf = (language: string): ReadonlySet<string> => {
	const file = readFileSync(`workers/demo-voices/speech/${language}.opus`);
	return new Set(opusFramesOfOgg(file).map((frame) => frame.toString('latin1')));
};
const english = speechOf('en');
const isDemo = (packet: HeardPacket) =>
	packet.payload.length > 20 && english.has(packet.payload.toString('latin1'));

async function listenTo(language: string): Promise<WhepReader> {
	const { token } = await stack.command<ReadTicket>('token', {
		action: 'read',
		path: `demo/${language}`
	});
	return listen({ url: `${stack.mediaUrl}/demo/${language}/whep`, token });
}

async function voiceOf(person: Guest, pitchHz: number): Promise<WhipPublisher> {
	const published = await publish(await person.ticket(), await toneVoice(pitchHz));
	published.speak();
	return published;
}

/** A person takes the microphone from the demo voice and speaks. */
async function takeOver(person: Guest, pitchHz: number): Promise<WhipPublisher> {
	await person.until('the demo voice speaks', ({ phase }) => phase.kind === 'live', PATIENCE_MS);
	await person.ask('booth:request');
	await person.until('the demo voice agrees', ({ phase }) =>
		phase.kind === 'handing-over' ? phase.handover.step !== 'requested' : phase.kind === 'live'
	);
	const voice = await voiceOf(person, pitchHz);
	await person.ask('booth:arrived');
	await person.until(
		'the right moved',
		({ phase, you }) => phase.kind === 'live' && phase.active.seat === you.seat
	);
	return voice;
}

const invitation = (index: number): string => stack.demo.links.interpreters[index]?.path ?? '';

beforeAll(async () => {
	stack = await startStack();
	voices = startProcess(process.execPath, ['build/workers/demo-voices.js'], {
		env: {
			DEMO_PORTAL_URL: stack.url,
			DEMO_MEDIA_URL: stack.mediaUrl,
			DEMO_VOICES_OF: JSON.stringify(stack.demo)
		}
	});
	listener = await eventually('a channel to listen to', () => listenTo('en'), {
		withinMs: PATIENCE_MS
	});
}, 120_000);

afterAll(async () => {
	listener.close();
	await voices.stop();
	await stack.stop();
});

describe('the demo voice', () => {
	test('speaks on its channel, at a steady pace', async () => {
		await listener.next('demo speech', isDemo, PATIENCE_MS);
		const from = listener.packets.length;
		await eventually('ten seconds of it', () => listener.packets.length > from + 500, {
			withinMs: PATIENCE_MS
		});
		const heard = listener.packets.slice(from, from + 500);
		const [first, last] = [heard[0], heard.at(-1)];
		expect((last?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(9_500);
		expect((last?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThan(10_500);
		const steps = heard.slice(1).map((packet, i) => packet.timestamp - (heard[i]?.timestamp ?? 0));
		expect(new Set(steps.map((step) => step >>> 0))).toEqual(new Set([960]));
	}, 120_000);

	test('gives the microphone to a person at once, and is silent then', async () => {
		const anna = await enterBooth(stack.url, invitation(0), 'Anna', ENGLISH);
		const voice = await takeOver(anna, 440);
		const whose = recogniser([await toneVoice(440)]);
		await listener.next('Anna', (packet) => whose(packet.payload) !== undefined, PATIENCE_MS);
		const from = listener.packets.length;
		await eventually('two more seconds', () => listener.packets.length > from + 100, {
			withinMs: PATIENCE_MS
		});
		expect(listener.packets.slice(from).filter(isDemo)).toEqual([]);
		// It stays as a boothmate, behind her.
		await anna.until(
			'the demo voice sits last',
			({ participants }) => participants.map(({ name }) => name).join() === 'Anna,Demo voice'
		);

		await anna.leave();
		await voice.leave();
		const leftAtMs = performance.now();
		const back = await listener.next('the demo voice again', isDemo, ALONE_MS + PATIENCE_MS);
		expect(back.atMs - leftAtMs).toBeGreaterThan(ALONE_MS - 1_000);
	}, 180_000);

	test('leaves the right to whoever comes second, and takes it when it is handed over', async () => {
		const anna = await enterBooth(stack.url, invitation(0), 'Anna', ENGLISH);
		const boris = await enterBooth(stack.url, invitation(1), 'Boris', ENGLISH);
		const voice = await takeOver(anna, 440);
		await anna.until(
			'the demo voice sits last',
			({ participants }) => participants.map(({ name }) => name).join() === 'Anna,Boris,Demo voice'
		);
		await anna.leave();
		await voice.leave();
		await boris.until(
			'Boris has the right, off air',
			({ phase, you }) => phase.kind === 'ready' && phase.active.seat === you.seat
		);
		const demo = boris.view().participants.find(({ name }) => name === 'Demo voice');
		await boris.ask('booth:offer', { seat: demo?.seat });
		await boris.until(
			'the demo voice speaks, because he wants it to',
			({ phase }) => phase.kind === 'live' && phase.active.seat === demo?.seat,
			PATIENCE_MS
		);
		await listener.next('demo speech', isDemo, PATIENCE_MS);
		await boris.leave();
	}, 180_000);

	test('goes on speaking while the portal is away', async () => {
		await listener.next('demo speech', isDemo, PATIENCE_MS);
		const from = listener.packets.length;
		await stack.portal.kill();
		await stack.portal.start();
		const watcher = await enterBooth(stack.url, invitation(0), 'Watcher', ENGLISH);
		const { phase } = await watcher.until(
			'it is live as before',
			(view) => view.participants.some(({ name, connected }) => name === 'Demo voice' && connected),
			PATIENCE_MS
		);
		expect(phase).toMatchObject({ kind: 'live', active: { name: 'Demo voice' } });
		const heard = listener.packets.slice(from);
		const longestMs = Math.max(
			...heard.slice(1).map((packet, i) => packet.atMs - (heard[i]?.atMs ?? 0))
		);
		expect(heard.filter(isDemo).length).toBeGreaterThan(0);
		expect(longestMs).toBeLessThan(1_000);
		await watcher.leave();
	}, 180_000);

	test('comes back after the media server was away', async () => {
		await stack.media.kill();
		await stack.media.start();
		listener.close();
		listener = await eventually('a channel to listen to', () => listenTo('en'), {
			withinMs: PATIENCE_MS
		});
		await listener.next('demo speech', isDemo, PATIENCE_MS);
	}, 180_000);
});

test('the demo speaker leaves the floor to a technician and returns when it is free', async () => {
	const floor = await listenTo('floor');
	const spanish = speechOf('floor');
	const isSpeaker = (packet: HeardPacket) =>
		packet.payload.length > 20 && spanish.has(packet.payload.toString('latin1'));
	await floor.next('the demo speaker', isSpeaker, ALONE_MS + PATIENCE_MS);

	const cookie = await redeem(stack.url, stack.demo.links.floor ?? '', 'Technician');
	const hall = await publish(await publishTicket(stack.url, cookie, FLOOR), await toneVoice(660));
	hall.speak();
	const whose = recogniser([await toneVoice(660)]);
	await floor.next('the hall', (packet) => whose(packet.payload) !== undefined, PATIENCE_MS);
	const from = floor.packets.length;
	await eventually('twelve seconds of the hall', () => floor.packets.length > from + 600, {
		withinMs: PATIENCE_MS
	});
	expect(floor.packets.slice(from).filter(isSpeaker)).toEqual([]);

	await hall.leave();
	await floor.next('the demo speaker again', isSpeaker, ALONE_MS + PATIENCE_MS);
	floor.close();
}, 180_000);
