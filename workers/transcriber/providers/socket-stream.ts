import { WebSocket } from 'ws';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { pcmMs } from '../pcm.ts';
import { Backlog } from './backlog.ts';
import {
	BACKLOG_MS,
	CONNECT_MS,
	FINISH_MS,
	type SpeechListener,
	type SpeechStream
} from './provider.ts';

/** What a vendor's WebSocket protocol is made of; everything around it is the same for all of them. */
export type SocketPlan = {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly rateHz: number;
	/** The handshake is done. A vendor that needs no more calls `wire.ready()` here. */
	opened(wire: SocketWire): void;
	/** One JSON message. */
	message(message: JsonObject, wire: SocketWire): void;
	audio(pcm: Buffer, wire: SocketWire): void;
	pause(wire: SocketWire): void;
	/** Ask for the tail. The server closes, or `wire.finished()` says that all has come. */
	finish(wire: SocketWire): void;
	/** What the vendor's HTTP status means when it does not let us in. */
	refused(status: number, body: string): CaptionFault;
	/** What the vendor's close code means when we did not ask for it. */
	closed(code: number, reason: string): CaptionFault;
	/** Sent when nothing else was for that long, so that the vendor keeps the connection. */
	readonly keepAlive?: { readonly everyMs: number; readonly message: string };
	readonly connectMs?: number;
	readonly finishMs?: number;
};

export type SocketWire = {
	send(data: JsonObject | Buffer): void;
	ready(): void;
	fragment: SpeechListener['fragment'];
	fail(fault: CaptionFault): void;
	finished(): void;
};

export type JsonObject = Readonly<Record<string, unknown>>;

/** Runs one WebSocket stream to its single end. */
export function socketStream(plan: SocketPlan, listener: SpeechListener): SpeechStream {
	const backlog = new Backlog(plan.rateHz);
	let phase: 'connecting' | 'ready' | 'finishing' | 'over' = 'connecting';
	let finishWanted = false;
	let lastSentAt = Date.now();
	const socket = new WebSocket(plan.url, {
		headers: plan.headers,
		handshakeTimeout: plan.connectMs ?? CONNECT_MS,
		perMessageDeflate: false,
		maxPayload: 1 << 20
	});

	const over = (why: CaptionFault | null): void => {
		if (phase === 'over') return;
		phase = 'over';
		clearTimeout(connecting);
		clearTimeout(finishing);
		clearInterval(keepAlive);
		// A server that does not answer the close is not waited for.
		if (socket.readyState === WebSocket.OPEN) socket.close(1000);
		setTimeout(() => socket.terminate(), 500).unref();
		listener.ended(why);
	};
	const unreachable = (detail: string): CaptionFault => fault('provider_unreachable', detail);
	const connecting = setTimeout(
		() => over(unreachable('no answer in time')),
		plan.connectMs ?? CONNECT_MS
	);
	let finishing: NodeJS.Timeout | undefined;
	const keepAlive = setInterval(() => {
		const { keepAlive: idle } = plan;
		if (idle && phase === 'ready' && Date.now() - lastSentAt >= idle.everyMs)
			transmit(idle.message);
	}, 250);

	const transmit = (data: string | Buffer): void => {
		if (socket.readyState !== WebSocket.OPEN) return;
		lastSentAt = Date.now();
		socket.send(data);
	};
	const wire: SocketWire = {
		send: (data) => transmit(Buffer.isBuffer(data) ? data : JSON.stringify(data)),
		ready() {
			if (phase !== 'connecting') return;
			phase = 'ready';
			clearTimeout(connecting);
			listener.ready();
			for (const { item } of backlog.take()) {
				if (item === 'pause') plan.pause(wire);
				else plan.audio(item, wire);
			}
			if (finishWanted) finish();
		},
		fragment(fragment) {
			if (phase !== 'over') listener.fragment(fragment);
		},
		fail: over,
		finished: () => over(null)
	};
	const finish = (): void => {
		if (phase === 'connecting') {
			finishWanted = true;
			return;
		}
		if (phase !== 'ready') return;
		phase = 'finishing';
		plan.finish(wire);
	};

	socket.on('open', () => plan.opened(wire));
	socket.on('message', (data, isBinary) => {
		if (phase === 'over') return;
		const message = isBinary ? undefined : parsed(String(data));
		if (message === undefined) over(fault('provider_broke_protocol', String(data).slice(0, 200)));
		else plan.message(message, wire);
	});
	socket.on('unexpected-response', (_request, response) => {
		let body = '';
		response
			.setEncoding('utf8')
			.on('data', (text: string) => (body = (body + text).slice(0, 2_000)));
		response.once('close', () => over(plan.refused(response.statusCode ?? 0, body)));
	});
	socket.on('close', (code, reason) => {
		if (phase === 'finishing' && code === 1000) over(null);
		else over(plan.closed(code, reason.toString()));
	});
	socket.on('error', (error) => {
		const before = phase === 'connecting';
		over(before ? unreachable(error.message) : fault('provider_dropped', error.message));
	});

	return {
		write(pcm) {
			if (phase === 'connecting') backlog.add(pcm);
			if (phase !== 'ready') return;
			plan.audio(pcm, wire);
			// Base64 makes it a third more; half as much again is surely behind.
			const limitBytes = (pcm.length / pcmMs(pcm, plan.rateHz)) * BACKLOG_MS * 1.5;
			if (socket.bufferedAmount > limitBytes)
				over(fault('provider_overloaded', `${socket.bufferedAmount} bytes are not taken`));
		},
		pause() {
			if (phase === 'connecting') backlog.add('pause');
			if (phase === 'ready') plan.pause(wire);
		},
		finish() {
			finishing ??= setTimeout(() => over(null), plan.finishMs ?? FINISH_MS);
			finish();
		},
		close: () => over(null)
	};
}

function parsed(text: string): JsonObject | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that should be a text, or the empty text. */
export function textOf(object: JsonObject, field: string): string {
	const value = object[field];
	return typeof value === 'string' ? value : '';
}

/** What HTTP statuses mean at nearly every vendor. */
export function httpFault(status: number, body: string): CaptionFault {
	const detail = `HTTP ${status} ${body.replace(/\s+/g, ' ').slice(0, 300)}`.trim();
	if (status === 401 || status === 403) return fault('key_refused', detail);
	if (status === 402) return fault('quota_exceeded', detail);
	if (status === 429)
		return fault(/quota|billing|credit/i.test(body) ? 'quota_exceeded' : 'rate_limited', detail);
	if (status >= 400 && status < 500) return fault('settings_refused', detail);
	return fault('provider_unreachable', detail);
}

/** An adapter's answer to a key that is not there: said without opening anything. */
export function endedStream(listener: SpeechListener, why: CaptionFault): SpeechStream {
	queueMicrotask(() => listener.ended(why));
	const nothing = (): void => undefined;
	return { write: nothing, pause: nothing, finish: nothing, close: nothing };
}
