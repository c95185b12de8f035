import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { FAKE_KEY, type SpeechFake, type SpeechScript } from './fake.ts';

/**
 * `POST /v1/audio/transcriptions`, as documented up to November 2026
 * (https://developers.openai.com/api/reference, Audio): multipart with `file`, `model`, `language`, `prompt`,
 * `response_format` (json for the current models).
 */
const FIELDS = ['file', 'model', 'language', 'prompt', 'response_format', 'temperature', 'stream'];
const WAV_HEADER_BYTES = 44;

export type OpenaiRestOptions = {
	/** So many requests are answered 503 before the first one that succeeds. */
	readonly outagesFirst?: number;
};

export async function serveOpenaiRest(
	script: SpeechScript,
	{ outagesFirst = 0 }: OpenaiRestOptions = {}
): Promise<SpeechFake & { requests(): number }> {
	const violations: string[] = [];
	const asked: Record<string, unknown> = {};
	const finals = script.utterances.map(({ final }) => final);
	let heardBytes = 0;
	let requests = 0;

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		requests++;
		const json = (status: number, body: object): void =>
			void response
				.writeHead(status, { 'content-type': 'application/json' })
				.end(JSON.stringify(body));
		if (request.url !== '/v1/audio/transcriptions' || request.method !== 'POST')
			return json(404, { error: { message: 'not found' } });
		if (request.headers.authorization !== `Bearer ${FAKE_KEY}` || script.mishap === 'bad-key')
			return json(401, { error: { code: 'invalid_api_key' } });
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		await script.admission;
		if (requests <= outagesFirst) return json(503, { error: { message: 'overloaded' } });
		switch (script.mishap) {
			case 'quota':
				return json(429, { error: { code: 'insufficient_quota', message: 'check your billing' } });
			case 'rate-limit':
				return json(429, { error: { code: 'rate_limit_exceeded' } });
			case 'bad-settings':
				return json(404, { error: { code: 'model_not_found' } });
			case 'cut':
				return void response.destroy();
			case 'server-error':
				return json(500, { error: { message: 'internal' } });
			case 'garbage':
				return void response.writeHead(200).end('<html>');
			case 'never-ends':
				return;
			case 'none':
			case 'session-limit':
				break;
		}
		await check(Buffer.concat(chunks), request.headers['content-type'] ?? '');
		json(200, { text: finals.shift() ?? '' });
	};

	const check = async (body: Buffer, type: string): Promise<void> => {
		const form = await new Response(Uint8Array.from(body), {
			headers: { 'content-type': type }
		}).formData();
		for (const [name, value] of form) {
			if (!FIELDS.includes(name)) violations.push(`unknown field ${name}`);
			if (typeof value === 'string') asked[name] = value;
		}
		const file = form.get('file');
		if (!(file instanceof File)) return void violations.push('no file');
		const wav = Buffer.from(await file.arrayBuffer());
		const rate = wav.readUInt32LE(24);
		if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.readUInt32LE(40) !== wav.length - 44)
			violations.push('no WAV file');
		if (rate !== 16_000) violations.push(`the header says ${rate} Hz`);
		if (!file.name.endsWith('.wav')) violations.push(`file name ${file.name}`);
		heardBytes += wav.length - WAV_HEADER_BYTES;
	};

	const http = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			violations.push(String(error));
			response.destroy();
		});
	}).listen(0, '127.0.0.1');
	await once(http, 'listening');
	const address = http.address();
	if (typeof address !== 'object' || address === null) throw new Error('no address');
	return {
		server: `http://127.0.0.1:${address.port}/v1`,
		key: FAKE_KEY,
		heardBytes: () => heardBytes,
		requests: () => requests,
		violations,
		asked,
		async close() {
			http.closeAllConnections();
			http.close();
			await once(http, 'close');
		}
	};
}
