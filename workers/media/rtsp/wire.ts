/** Bytes on an RTSP connection (RFC 2326): requests, and binary frames between them (§10.12). */
export type RtspRequest = {
	readonly method: string;
	readonly url: string;
	readonly headers: ReadonlyMap<string, string>;
};

export type RtspInput =
	| { readonly type: 'request'; readonly request: RtspRequest }
	| { readonly type: 'frame'; readonly channel: number; readonly data: Buffer };

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 64 * 1024;
const FRAME_MARK = 0x24; // '$'
const FRAME_HEAD_BYTES = 4;
const HEAD_END = Buffer.from('\r\n\r\n');

/** Takes a byte stream in pieces of any size and gives back what is complete. Holds a bounded amount. */
export class RtspReader {
	#held: Buffer = Buffer.alloc(0);

	/** Null when the stream is not RTSP: the connection is to be ended. */
	push(chunk: Buffer): RtspInput[] | null {
		this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
		const inputs: RtspInput[] = [];
		for (;;) {
			const next = this.#next();
			if (next === 'malformed') return null;
			if (next === 'incomplete') return inputs;
			inputs.push(next);
		}
	}

	#next(): RtspInput | 'incomplete' | 'malformed' {
		const held = this.#held;
		// Some clients send empty lines between requests.
		if (held[0] === 0x0d || held[0] === 0x0a) {
			let skip = 1;
			while (held[skip] === 0x0d || held[skip] === 0x0a) skip += 1;
			this.#held = held.subarray(skip);
			return this.#next();
		}
		if (held[0] === FRAME_MARK) {
			if (held.length < FRAME_HEAD_BYTES) return 'incomplete';
			const end = FRAME_HEAD_BYTES + held.readUInt16BE(2);
			if (held.length < end) return 'incomplete';
			this.#held = held.subarray(end);
			return {
				type: 'frame',
				channel: held.readUInt8(1),
				data: held.subarray(FRAME_HEAD_BYTES, end)
			};
		}
		const headEnd = held.indexOf(HEAD_END);
		if (headEnd === -1) return held.length > MAX_HEAD_BYTES ? 'malformed' : 'incomplete';
		if (headEnd > MAX_HEAD_BYTES) return 'malformed';
		const request = parseHead(held.toString('latin1', 0, headEnd));
		const bodyBytes = Number(request?.headers.get('content-length') ?? '0');
		if (!request || !Number.isInteger(bodyBytes) || bodyBytes < 0 || bodyBytes > MAX_BODY_BYTES)
			return 'malformed';
		const end = headEnd + HEAD_END.length + bodyBytes;
		if (held.length < end) return 'incomplete';
		this.#held = held.subarray(end);
		return { type: 'request', request };
	}
}

function parseHead(text: string): RtspRequest | null {
	const [first = '', ...lines] = text.split('\r\n');
	const start = /^([A-Z_]{2,32}) (\S{1,8192}) RTSP\/1\.\d$/.exec(first);
	if (!start?.[1] || !start[2]) return null;
	const headers = new Map<string, string>();
	for (const line of lines) {
		const colon = line.indexOf(':');
		if (colon < 1) return null;
		headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
	}
	return { method: start[1], url: start[2], headers };
}

const REASONS: Readonly<Record<number, string>> = {
	200: 'OK',
	400: 'Bad Request',
	401: 'Unauthorized',
	404: 'Not Found',
	454: 'Session Not Found',
	455: 'Method Not Valid in This State',
	459: 'Aggregate Operation Not Allowed',
	461: 'Unsupported Transport',
	500: 'Internal Server Error',
	501: 'Not Implemented'
};

export type RtspAnswer = {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
};

export function writeAnswer(answer: RtspAnswer, sequence: string): string {
	const body = answer.body ?? '';
	const headers = {
		CSeq: sequence,
		Server: 'voxbento',
		...answer.headers,
		...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) })
	};
	const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	return `RTSP/1.0 ${answer.status} ${REASONS[answer.status] ?? 'Error'}\r\n${head.join('')}\r\n${body}`;
}

/** One RTP or RTCP packet as an interleaved frame, in a buffer of its own. */
export function writeFrame(channel: number, packet: Buffer): Buffer {
	const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + packet.length);
	frame[0] = FRAME_MARK;
	frame[1] = channel;
	frame.writeUInt16BE(packet.length, 2);
	packet.copy(frame, FRAME_HEAD_BYTES);
	return frame;
}

export type RtspTarget = {
	/** Path without leading slash, without `trackID=…`. */
	readonly path: string;
	readonly query: string;
	/** The URL as sent, without query and track. */
	readonly base: string;
};

/** Takes an RTSP URL apart; null when it is none. */
export function parseTarget(url: string): RtspTarget | null {
	const match = /^(rtsps?:\/\/[^/?#\s]+)(\/[^?#\s]*)?(?:\?([^#\s]*))?$/i.exec(url);
	if (!match?.[1]) return null;
	let path: string;
	let query = match[3] ?? '';
	try {
		path = decodeURIComponent(match[2] ?? '/');
	} catch {
		return null;
	}
	// Clients append the track either to the path or behind the query.
	path = path.replace(/\/trackID=\d+$/, '');
	query = query.replace(/\/trackID=\d+$/, '').replace(/\/$/, '');
	const name = path.replace(/^\/+/, '').replace(/\/+$/, '');
	return { path: name, query, base: `${match[1]}/${encodeURI(name)}` };
}

/** The channels of `RTP/AVP/TCP;interleaved=a-b`; null when the client wants another transport. */
export function parseTransport(
	header: string | undefined
): { readonly rtp: number; readonly rtcp: number } | null {
	for (const choice of (header ?? '').split(',')) {
		const parts = choice.trim().split(';');
		if (parts[0]?.toUpperCase() !== 'RTP/AVP/TCP') continue;
		const channels = parts
			.map((part) => /^interleaved=(\d{1,3})(?:-(\d{1,3}))?$/i.exec(part.trim()))
			.find((found) => found !== null);
		const rtp = Number(channels?.[1] ?? 0);
		const rtcp = Number(channels?.[2] ?? rtp + 1);
		if (rtp <= 255 && rtcp <= 255) return { rtp, rtcp };
	}
	return null;
}
