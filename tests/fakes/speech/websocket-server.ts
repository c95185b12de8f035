import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { FAKE_KEY, type SpeechFake, type SpeechScript } from './fake.ts';

export type Refusal = { readonly status: number; readonly body: string };

/** A vendor's side of the protocol. */
export type Vendor = {
	/** Null lets the client in. Sees the request before the handshake. */
	admit(request: IncomingMessage, url: URL, fake: Notes): Refusal | null;
	connected(socket: Connection, fake: Notes): void;
};

export type Notes = {
	readonly script: SpeechScript;
	readonly asked: Record<string, unknown>;
	violation(what: string): void;
	heard(bytes: number): void;
};

export type Connection = {
	send(message: object): void;
	sendText(text: string): void;
	/** JSON text messages and binary ones. */
	onText(listener: (message: Record<string, unknown>) => void): void;
	onBinary(listener: (data: Buffer) => void): void;
	close(code: number, reason: string): void;
	cut(): void;
};

/** Serves one vendor's WebSocket protocol on loopback. */
export async function serveVendor(
	script: SpeechScript,
	vendor: Vendor,
	port = 0
): Promise<SpeechFake> {
	const violations: string[] = [];
	const asked: Record<string, unknown> = {};
	let heardBytes = 0;
	const notes: Notes = {
		script,
		asked,
		violation: (what) => void violations.push(what),
		heard: (bytes) => (heardBytes += bytes)
	};
	const http = createServer((_request, response) => response.writeHead(404).end());
	const sockets = new WebSocketServer({ noServer: true });
	http.on('upgrade', (request, socket, head) => {
		void (script.admission ?? Promise.resolve()).then(() => {
			const url = new URL(request.url ?? '/', 'ws://fake');
			const refusal = vendor.admit(request, url, notes);
			if (refusal === null)
				return sockets.handleUpgrade(request, socket, head, (ws) =>
					vendor.connected(connection(ws, notes), notes)
				);
			const { status, body } = refusal;
			socket.end(
				`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
					`Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
			);
		});
	});
	http.listen(port, '127.0.0.1');
	await once(http, 'listening');
	const address = http.address();
	if (typeof address !== 'object' || address === null) throw new Error('no address');
	return {
		server: `ws://127.0.0.1:${address.port}`,
		key: FAKE_KEY,
		heardBytes: () => heardBytes,
		violations,
		asked,
		async close() {
			for (const client of sockets.clients) client.terminate();
			http.closeAllConnections();
			http.close();
			await once(http, 'close');
		}
	};
}

function connection(socket: WebSocket, notes: Notes): Connection {
	const text: ((message: Record<string, unknown>) => void)[] = [];
	const binary: ((data: Buffer) => void)[] = [];
	socket.on('message', (data, isBinary) => {
		const bytes = data as Buffer;
		if (isBinary) {
			if (binary.length === 0) notes.violation(`binary frame of ${bytes.length} bytes`);
			for (const listener of binary) listener(bytes);
			return;
		}
		try {
			const message = JSON.parse(bytes.toString()) as Record<string, unknown>;
			for (const listener of text) listener(message);
		} catch (error) {
			notes.violation(`text frame that is no JSON: ${bytes.toString().slice(0, 80)} (${error})`);
		}
	});
	return {
		send: (message) => socket.send(JSON.stringify(message)),
		sendText: (message) => socket.send(message),
		onText: (listener) => void text.push(listener),
		onBinary: (listener) => void binary.push(listener),
		close: (code, reason) => socket.close(code, reason),
		cut: () => socket.terminate()
	};
}

/** Whole samples only, and not nothing. */
export function checkPcm(pcm: Buffer, notes: Notes): void {
	if (pcm.length === 0 || pcm.length % 2 !== 0) notes.violation(`${pcm.length} bytes of PCM`);
	notes.heard(pcm.length);
}

/** A base64 text, decoded strictly. */
export function decodeBase64(value: unknown, notes: Notes): Buffer {
	if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
		notes.violation(`no base64: ${String(value).slice(0, 40)}`);
		return Buffer.alloc(0);
	}
	return Buffer.from(value, 'base64');
}

/** Notes every field that the protocol does not know. */
export function checkFields(
	object: Readonly<Record<string, unknown>>,
	known: readonly string[],
	notes: Notes,
	where: string
): void {
	for (const field of Object.keys(object))
		if (!known.includes(field)) notes.violation(`${where}: unknown field ${field}`);
}
