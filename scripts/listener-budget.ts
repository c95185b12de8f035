import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';

/**
 * How much JavaScript a phone fetches before the listener hears something: a real Chromium with an empty cache
 * opens the listener page, presses play and counts what came over the wire until packets of sound arrive.
 *
 * `tsx scripts/listener-budget.ts http://localhost:8000/listener/demo?code=…` prints JSON and fails when the
 * budget is exceeded. The channel has to be on air.
 */
/**
 * The aim is 70,000. Replay, captions, rooms and delay brought it to 75,750, of which 37,000 are Svelte and Kit; this
 * bound keeps it from growing while the aim is missed.
 */
export const BUDGET_BYTES = 77_000;
const DEBIAN_CHROMIUM = '/usr/bin/chromium';
const SOUND_TIMEOUT_MS = 20_000;

export type ListenerBudget = {
	/** Compressed bytes of all scripts, without headers. */
	readonly scriptBytes: number;
	/** Compressed bytes of everything: document, styles, scripts, icons. */
	readonly totalBytes: number;
	readonly budgetBytes: number;
	/** `br` or `gzip`, as the portal sent them. */
	readonly encodings: readonly string[];
	/** From the tap to the first packet of sound, ms. */
	readonly tapToSoundMs: number;
	readonly scripts: readonly { readonly path: string; readonly bytes: number }[];
};

/** @param url address of a listener page, with the join code where one is needed */
export async function measureListenerBudget(url: string): Promise<ListenerBudget> {
	// Debian's Chromium where it is, else the one Playwright installed.
	const installed = existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : undefined;
	const executablePath = process.env['CHROMIUM_PATH'] ?? installed;
	const browser = await chromium.launch({
		...(executablePath === undefined ? {} : { executablePath }),
		args: ['--no-sandbox']
	});
	try {
		const page = await browser.newPage();
		const network = await page.context().newCDPSession(page);
		await network.send('Network.enable');
		const open = new Map<string, { url: string; type: string; encoding: string }>();
		const fetched: { url: string; type: string; encoding: string; bytes: number }[] = [];
		network.on('Network.responseReceived', ({ requestId, type, response }) => {
			const encoding = new Headers(response.headers).get('content-encoding') ?? 'identity';
			open.set(requestId, { url: response.url, type, encoding });
		});
		// Body bytes as they came, counted per chunk: the total of `loadingFinished` has the headers in it.
		const bytes = new Map<string, number>();
		network.on('Network.dataReceived', ({ requestId, encodedDataLength }) =>
			bytes.set(requestId, (bytes.get(requestId) ?? 0) + encodedDataLength)
		);
		network.on('Network.loadingFinished', ({ requestId }) => {
			const response = open.get(requestId);
			if (response) fetched.push({ ...response, bytes: bytes.get(requestId) ?? 0 });
		});

		await page.goto(url, { waitUntil: 'networkidle' });
		const tappedAt = performance.now();
		await page.locator('button[data-early-tap="play"]').click();
		await page
			.locator('[data-status="live"]')
			.waitFor({ state: 'visible', timeout: SOUND_TIMEOUT_MS });
		const tapToSoundMs = Math.round(performance.now() - tappedAt);

		const scripts = fetched
			.filter(({ type }) => type === 'Script')
			.map(({ url, bytes }) => ({ path: new URL(url).pathname, bytes }));
		const sum = (all: readonly { bytes: number }[]) =>
			all.reduce((total, { bytes }) => total + bytes, 0);
		return {
			scriptBytes: sum(scripts),
			totalBytes: sum(fetched),
			budgetBytes: BUDGET_BYTES,
			encodings: [
				...new Set(fetched.filter(({ type }) => type === 'Script').map((one) => one.encoding))
			],
			tapToSoundMs,
			scripts
		};
	} finally {
		await browser.close();
	}
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const url = process.argv[2];
	if (!url) {
		console.error('Give the address of a listener page whose channel is on air.');
		process.exit(2);
	}
	const budget = await measureListenerBudget(url);
	console.log(JSON.stringify(budget, null, '\t'));
	if (budget.scriptBytes > BUDGET_BYTES) process.exit(1);
}
