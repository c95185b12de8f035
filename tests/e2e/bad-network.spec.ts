import { expect, test } from '@playwright/test';
import { startEmbedded } from '../contracts/media-server/start-embedded.ts';
import type { RunningMediaServer } from '../contracts/media-server/running-media-server.ts';
import { pathState, controlApi } from '../contracts/media-server/control-api.ts';
import { callThrough, openCall, type CallPlan } from '../support/browser-call.ts';

let server: RunningMediaServer;
test.beforeAll(async () => {
	server = await startEmbedded();
});
test.afterAll(() => server.stop());

/** Chromium reports what it lost every 2.5–7.5 s; the second report has been acted on by then. */
const CALL = { settleMs: 15_000, measureMs: 15_000, microphone: { toneHz: 440 } } as const;
const TEN_PER_CENT = { loss: { kind: 'random', share: 0.1 } } as const;

async function concealed(plan: Pick<CallPlan, 'up' | 'down' | 'red'>): Promise<number> {
	const figures = await callThrough(server, { ...CALL, ...plan });
	test.info().annotations.push({ type: 'call', description: JSON.stringify({ plan, figures }) });
	return figures.concealed;
}

test('a tenth of all packets lost on both ways is hardly heard', async () => {
	const plain = await concealed({ up: TEN_PER_CENT, down: TEN_PER_CENT, red: false });
	const repaired = await concealed({ up: TEN_PER_CENT, down: TEN_PER_CENT, red: true });
	// Nothing repairs without RED, or the ways were not bad.
	expect(plain).toBeGreaterThan(0.1);
	// Chromium sends one copy: two lost in a row, one time in a hundred, are lost for good.
	expect(repaired).toBeLessThan(0.03);
});

test('a listener that vanished no longer counts within five seconds', async () => {
	const call = await openCall(server, { ...CALL, up: {}, down: {}, red: true });
	const api = controlApi(server.apiBase);
	const readers = async (): Promise<number> => (await pathState(api, call.path)).readers.length;
	try {
		await expect.poll(readers).toBe(1);
		// The server knows a listener as one that answers after its first probe.
		await expect
			.poll(async () => (await call.counters()).down, { timeout: 15_000 })
			.toBeGreaterThan(30_000);
		call.relays.down.cut();
		await expect.poll(readers, { timeout: 5_000, intervals: [100] }).toBe(0);
	} finally {
		await call.close();
	}
});
