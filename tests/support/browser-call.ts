import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import type { RunningMediaServer } from '../contracts/media-server/running-media-server.ts';
import { stageOn } from '../contracts/media-server/stage.ts';
import type { BadNetwork } from './bad-network.ts';
import { invitePerson, type Microphone } from './people.ts';
import { udpRelay, type UdpRelay } from './udp-relay.ts';

/** What the ways between a browser that publishes, the media server and a browser that listens are like. */
export type CallPlan = {
	readonly up: BadNetwork;
	readonly down: BadNetwork;
	/** False: as a browser without RED would offer. */
	readonly red: boolean;
	/** Until the reports of both ends have come and been acted on. */
	readonly settleMs: number;
	readonly measureMs: number;
	readonly microphone: Microphone;
};

export type CallFigures = {
	/** Share of the listener's samples that its jitter buffer had to invent, 0 … 1. */
	readonly concealed: number;
	/** Mean time in the jitter buffer. */
	readonly bufferMs: number;
	readonly upBitsPerSecond: number;
	readonly downBitsPerSecond: number;
};

/** Publisher and listener of the product itself, in one page; their answers go through `window.redirect`. */
const PAGE = String.raw`
import { openWhip } from './src/lib/client/whip.ts';
import { openWhepSession } from './src/lib/client/whep-session.ts';
import { SPEECH } from './src/lib/client/opus-offer.ts';

const connections = [];
const Real = RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
	constructor(...args) { super(...args); connections.push(this); }
};
const send = fetch;
window.fetch = async (url, init) => {
	if (init?.method !== 'POST') return send(url, init);
	// A server that knows where we are would go past the relay.
	const body = init.body.replace(/^a=candidate:.*\r?\n/gm, '');
	const answer = await send(url, { ...init, body });
	const kind = String(url).endsWith('/whip') ? 'up' : 'down';
	const sdp = await window.redirect(kind, await answer.text());
	const relayed = new Response(sdp, { status: answer.status, headers: answer.headers });
	Object.defineProperty(relayed, 'url', { value: answer.url });
	return relayed;
};

window.call = async ({ whip, whep, red }) => {
	if (!red)
		for (const end of [RTCRtpSender, RTCRtpReceiver]) {
			const all = end.getCapabilities.bind(end);
			end.getCapabilities = (kind) => {
				const found = all(kind);
				return { ...found, codecs: found.codecs.filter(({ mimeType }) => mimeType !== 'audio/red') };
			};
		}
	const microphone = await navigator.mediaDevices.getUserMedia({
		audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
	});
	const [track] = microphone.getAudioTracks();
	await new Promise((resolve, reject) => {
		openWhip({
			ticket: whip,
			track,
			profile: SPEECH,
			onState: ({ kind }) => (kind === 'connected' ? resolve() : kind === 'closed' && reject(kind))
		}).catch(reject);
	});
	const session = await openWhepSession(whep.url, whep.token);
	const element = new Audio();
	element.srcObject = session.stream;
	await element.play();
};

window.counters = async () => {
	let counters = {};
	for (const connection of connections)
		for (const entry of (await connection.getStats()).values()) {
			if (entry.type === 'outbound-rtp') counters.up = entry.bytesSent + entry.headerBytesSent;
			if (entry.type !== 'inbound-rtp') continue;
			counters = {
				...counters,
				down: entry.bytesReceived + entry.headerBytesReceived,
				samples: entry.totalSamplesReceived,
				concealed: entry.concealedSamples,
				bufferSeconds: entry.jitterBufferDelay,
				emitted: entry.jitterBufferEmittedCount
			};
		}
	return counters;
};`;

type Counters = Readonly<
	Record<'up' | 'down' | 'samples' | 'concealed' | 'bufferSeconds' | 'emitted', number>
>;

export type Call = {
	readonly path: string;
	readonly relays: { readonly up: UdpRelay; readonly down: UdpRelay };
	counters(): Promise<Counters>;
	close(): Promise<void>;
};

/** Publishes and listens in a real Chromium; both ways go through relays. */
export async function openCall(
	server: RunningMediaServer,
	{ up, down, red, microphone }: Pick<CallPlan, 'up' | 'down' | 'red' | 'microphone'>
): Promise<Call> {
	const stage = stageOn(server);
	const path = await stage.channel();
	const whip = await stage.endpoint('whip', path);
	const whep = await stage.endpoint('whep', path);
	const relays = { up: await udpRelay(), down: await udpRelay() };
	relays.up.spoil('up', up, 11);
	relays.down.spoil('down', down, 23);
	const person = await invitePerson(microphone);
	const { page } = person;
	async function close(): Promise<void> {
		await person.close();
		await stage.clear();
		await Promise.all([relays.up.close(), relays.down.close()]);
	}
	try {
		const { outputFiles } = await build({
			stdin: { contents: PAGE, resolveDir: '.', loader: 'ts' },
			bundle: true,
			write: false,
			format: 'iife'
		});
		await page.exposeFunction('redirect', (kind: 'up' | 'down', answer: string) =>
			relays[kind].redirect(answer)
		);
		await page.route('**/call', (route) =>
			route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>call</title>' })
		);
		await page.goto(`${server.webrtcBase}/call`);
		await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
		await page.evaluate((plan) => window.call(plan), { whip, whep, red });
	} catch (error) {
		await close();
		throw error;
	}
	return { path, relays, counters: () => page.evaluate(() => window.counters()), close };
}

/** A call through bad ways, and what became of the sound. */
export async function callThrough(
	server: RunningMediaServer,
	{ settleMs, measureMs, ...plan }: CallPlan
): Promise<CallFigures> {
	const call = await openCall(server, plan);
	try {
		// The time is part of what is measured.
		await setTimeout(settleMs);
		const before = await call.counters();
		await setTimeout(measureMs);
		const after = await call.counters();
		const grown = (name: keyof Counters): number => after[name] - before[name];
		return {
			concealed: grown('concealed') / grown('samples'),
			bufferMs: (grown('bufferSeconds') / grown('emitted')) * 1000,
			upBitsPerSecond: (grown('up') * 8000) / measureMs,
			downBitsPerSecond: (grown('down') * 8000) / measureMs
		};
	} finally {
		await call.close();
	}
}

declare global {
	interface Window {
		call(plan: {
			whip: { url: string; token?: string };
			whep: { url: string; token?: string };
			red: boolean;
		}): Promise<void>;
		counters(): Promise<Counters>;
	}
}
