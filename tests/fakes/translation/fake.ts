import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * Scripted translation servers. Each speaks one vendor's wire protocol as the vendor documents it (cited in
 * its file), notes everything a client does outside of it as a violation, and translates by a rule that a
 * test can foresee.
 */
export type TranslationMishap =
	| 'none'
	| 'bad-key'
	| 'quota'
	| 'rate-limit'
	| 'bad-settings'
	| 'overloaded'
	| 'server-error'
	/** Success, but not of the protocol. */
	| 'garbage'
	/** The connection is cut in the middle. */
	| 'cut'
	/** Never an answer. */
	| 'silence'
	/** Sends the client elsewhere. */
	| 'redirect';

export type TranslationFake = {
	/** For the `server` setting. */
	readonly server: string;
	readonly key: string;
	/** Changes what happens from the next request on. */
	mishap: TranslationMishap;
	readonly requests: readonly Record<string, unknown>[];
	readonly violations: readonly string[];
	close(): Promise<void>;
};

export const FAKE_KEY = 'a-key-that-fits';

export type VendorWords = {
	/** Path of the one request there is. */
	readonly path: string;
	/** Below which the client's `server` setting ends. */
	readonly base: string;
	/** Fields a request may have; any other is a violation. */
	readonly fields: readonly string[];
	/** Whether the request shows the key. */
	hasKey(request: IncomingMessage, body: Record<string, unknown>): boolean;
	/** Complaints about a request beyond unknown fields. */
	check(body: Record<string, unknown>): string[];
	/** The answer of a success. */
	answer(body: Record<string, unknown>): object;
	/** Status and body of each mishap the vendor has words for. */
	readonly refusals: Readonly<
		Record<
			'bad-key' | 'quota' | 'rate-limit' | 'bad-settings' | 'overloaded' | 'server-error',
			readonly [number, object] | null
		>
	>;
};

export async function serveTranslation(vendor: VendorWords): Promise<TranslationFake> {
	const violations: string[] = [];
	const requests: Record<string, unknown>[] = [];

	const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const json = (status: number, body: object): void =>
			void response
				.writeHead(status, { 'content-type': 'application/json' })
				.end(JSON.stringify(body));
		if (request.method !== 'POST' || request.url !== vendor.path) {
			violations.push(`${request.method} ${request.url}`);
			return json(404, {});
		}
		if (request.headers['content-type'] !== 'application/json') violations.push('content type');
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
		requests.push(body);
		for (const name of Object.keys(body))
			if (!vendor.fields.includes(name)) violations.push(`unknown field ${name}`);
		violations.push(...vendor.check(body));
		const mishap = vendor.hasKey(request, body) ? fake.mishap : 'bad-key';
		switch (mishap) {
			case 'none':
				return json(200, vendor.answer(body));
			case 'garbage':
				return void response.writeHead(200).end('<html>');
			case 'cut':
				response.writeHead(200, { 'content-length': '100' });
				response.write('{');
				return void setImmediate(() => response.destroy());
			case 'silence':
				return;
			case 'redirect':
				return void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
			default: {
				const refusal = vendor.refusals[mishap];
				return refusal === null ? json(500, {}) : json(...refusal);
			}
		}
	};

	const http = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			violations.push(String(error));
			response.destroy();
		});
	}).listen(0, '127.0.0.1');
	await once(http, 'listening');
	const address = http.address();
	if (typeof address !== 'object' || address === null) throw new Error('no address');
	const fake: TranslationFake = {
		server: `http://127.0.0.1:${address.port}${vendor.base}`,
		key: FAKE_KEY,
		mishap: 'none',
		requests,
		violations,
		async close() {
			http.closeAllConnections();
			http.close();
			await once(http, 'close');
		}
	};
	return fake;
}

/** What every scripted server makes of a text. */
export function translated(text: string, target: string): string {
	return `[${target}] ${text}`;
}
