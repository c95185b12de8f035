import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { controlApi } from './control-api.ts';
import { startMediaMtx } from './start-mediamtx.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** mediamtx.yml and the overrides in docker-compose.yml, read by the real server. */
export function shippedConfiguration(binary: string): void {
	it('is known to the server, key by key, and means what it says', async () => {
		const server = await startMediaMtx(binary);
		try {
			const { body } = await controlApi(server.apiBase).get('/v3/config/global/get');
			const running = body as Record<string, unknown>;
			const file = parse(readFileSync(resolve(ROOT, 'mediamtx.yml'), 'utf8')) as Record<
				string,
				unknown
			>;
			for (const [key, value] of Object.entries(file)) {
				if (key === 'paths') continue;
				expect(running, key).toHaveProperty(key);
				// The addresses and the key set are the test's own.
				if (!key.endsWith('Address') && key !== 'authJWTJWKS')
					expect(running[key], key).toEqual(
						key === 'authJWTExclude' ? [expect.anything(), expect.anything()] : value
					);
			}

			const compose = parse(readFileSync(resolve(ROOT, 'docker-compose.yml'), 'utf8')) as {
				services: { mediamtx: { environment: Record<string, string> } };
			};
			const known = Object.keys(running).map((key) => `MTX_${key.toUpperCase()}`);
			expect(known).toEqual(
				expect.arrayContaining(Object.keys(compose.services.mediamtx.environment))
			);
		} finally {
			await server.stop();
		}
	});
}
