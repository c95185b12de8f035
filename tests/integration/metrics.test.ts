import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startStack, type Stack } from '../support/stack.ts';

const TOKEN = 'a token for the test';

/** What operators' tools ask a running portal. */
describe('metrics and readiness', () => {
	let stack: Stack;
	beforeAll(async () => {
		stack = await startStack({ METRICS_TOKEN: TOKEN });
	});
	afterAll(() => stack.stop());

	const metrics = async (token: string | null): Promise<{ status: number; text: string }> => {
		const headers = new Headers(token === null ? {} : { authorization: `Bearer ${token}` });
		const response = await fetch(`${stack.url}/metrics`, { headers });
		return { status: response.status, text: await response.text() };
	};
	const value = (text: string, series: string): number =>
		Number(
			text
				.split('\n')
				.find((line) => line.startsWith(`${series} `))
				?.split(' ')[1]
		);

	it('shows nothing to whoever has no token', async () => {
		expect((await metrics(null)).status).toBe(404);
		expect((await metrics('another token of that length')).status).toBe(404);
	});

	it('tells channels, booths, requests, database and media server', async () => {
		await fetch(`${stack.url}/healthz`);
		const { status, text } = await metrics(TOKEN);
		expect(status).toBe(200);
		expect(value(text, 'voxbento_database_up')).toBe(1);
		expect(value(text, 'voxbento_media_server_up')).toBe(1);
		expect(value(text, 'voxbento_channel_online{path="demo/fr"}')).toBe(0);
		expect(value(text, 'voxbento_booths{phase="empty"}')).toBeGreaterThan(0);
		const requests = 'voxbento_http_requests_total{method="GET",route="/healthz",status="200"}';
		expect(value(text, requests)).toBeGreaterThan(0);
		// An address that anybody can make up must not make up a series.
		await fetch(`${stack.url}/no/such/page`);
		expect((await metrics(TOKEN)).text).not.toContain('no/such');
	});

	it('has every series that the dashboard draws', async () => {
		const board = readFileSync('deploy/grafana/voxbento.json', 'utf8');
		const { text } = await metrics(TOKEN);
		for (const [name] of board.matchAll(/(voxbento|nodejs)_[a-z0-9_]+/g))
			expect(text, name).toContain(name);
	});

	it('goes on without the media server, and says that it is away', async () => {
		await stack.media.kill();
		expect(value((await metrics(TOKEN)).text, 'voxbento_media_server_up')).toBe(0);
		const ready = await fetch(`${stack.url}/readyz`);
		expect(ready.status).toBe(200);
		expect(await ready.json()).toEqual({
			ready: true,
			database_ok: true,
			migrations_current: true,
			draining: false
		});
		await stack.media.start();
		await eventually(
			'the media server is back in the metrics',
			async () => value((await metrics(TOKEN)).text, 'voxbento_media_server_up') === 1
		);
	});
});
