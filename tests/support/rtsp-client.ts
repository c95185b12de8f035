import { once } from 'node:events';
import { connect } from 'node:net';
import { deferred, type Deferred } from './deferred.ts';

export type RtspAnswer = {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
};

/** One RTSP 1.0 connection (RFC 2326) that asks one thing after the other, to see statuses ffmpeg hides. */
export type RtspClient = {
	ask(method: string, url: string, headers?: Readonly<Record<string, string>>): Promise<RtspAnswer>;
	/** Interleaved packets (`$`, channel, length) that came so far: channel and payload. */
	readonly interleaved: readonly { readonly channel: number; readonly bytes: Buffer }[];
	/** Resolves when the other side closes, or we do. */
	readonly closed: Promise<void>;
	close(): void;
};

export async function rtspClient(base: string): Promise<RtspClient> {
	const { hostname, port } = new URL(base);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
	socket.on('error', () => undefined); // followed by 'close'
	const interleaved: { channel: number; bytes: Buffer }[] = [];
	const asked: Deferred<RtspAnswer>[] = [];
	let pending: Buffer = Buffer.alloc(0);
	let sequence = 0;

	socket.on('data', (chunk: Buffer) => {
		pending = Buffer.concat([pending, chunk]);
		for (let taken = take(pending); taken !== undefined; taken = take(pending)) {
			pending = pending.subarray(taken.bytes);
			if ('answer' in taken) asked.shift()?.resolve(taken.answer);
			else interleaved.push(taken.packet);
		}
	});
	void closed.then(() => {
		for (const each of asked) each.reject(new Error('the server closed the connection'));
	});

	return {
		interleaved,
		closed,
		ask(method, url, headers = {}) {
			const lines = [`${method} ${url} RTSP/1.0`, `CSeq: ${++sequence}`];
			for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
			const answer = deferred<RtspAnswer>();
			asked.push(answer);
			socket.write(`${lines.join('\r\n')}\r\n\r\n`);
			return answer.promise;
		},
		close: () => socket.destroy()
	};
}

type Taken = { readonly bytes: number } & (
	| { readonly answer: RtspAnswer }
	| { readonly packet: { readonly channel: number; readonly bytes: Buffer } }
);

/** The first whole answer or packet in `stream` and how many bytes it took; undefined: wait for more. */
function take(stream: Buffer): Taken | undefined {
	if (stream[0] === 0x24) {
		const bytes = stream.length < 4 ? Infinity : 4 + stream.readUInt16BE(2);
		if (stream.length < bytes) return undefined;
		return { bytes, packet: { channel: stream.readUInt8(1), bytes: stream.subarray(4, bytes) } };
	}
	const headEnd = stream.indexOf('\r\n\r\n');
	if (headEnd < 0) return undefined;
	const [first = '', ...lines] = stream.toString('utf8', 0, headEnd).split('\r\n');
	const headers = Object.fromEntries(
		lines.map((line) => {
			const colon = line.indexOf(':');
			return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
		})
	);
	const bytes = headEnd + 4 + Number(headers['content-length'] ?? 0);
	if (stream.length < bytes) return undefined;
	const body = stream.toString('utf8', headEnd + 4, bytes);
	return { bytes, answer: { status: Number(first.split(' ')[1]), headers, body } };
}
