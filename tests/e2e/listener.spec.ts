import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test, type Page } from '@playwright/test';
import { BUDGET_BYTES, measureListenerBudget } from '../../scripts/listener-budget.ts';
import { EAR_RATE_HZ, giveEar } from '../support/ear.ts';
import { longestSilenceMs, tonesHeard } from '../support/hearing.ts';
import {
	chooseLanguage,
	enterBooth,
	expectToHear,
	farewell,
	goLive,
	startListening,
	TONES
} from '../support/journey.ts';
import { invitePerson, type Person } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { udpRelay } from '../support/udp-relay.ts';
import { toneVoice } from '../support/voices.ts';
import { publish, type WhipPublisher } from '../support/webrtc/whip-publisher.ts';

let stack: Stack;
let floor: WhipPublisher | undefined;
test.beforeAll(async () => {
	stack = await startStack();
	const ticket = await stack.command<{ url: string; token: string }>('token', {
		action: 'publish',
		path: 'demo/floor'
	});
	floor = await publish(
		{ url: `${stack.mediaUrl}/demo/floor/whip`, token: ticket.token },
		await toneVoice(TONES.floor)
	);
	floor.speak();
});
test.afterAll(async () => {
	floor?.close();
	await stack?.stop();
});

const address = () => `${stack.url}/listener/demo`;
const row = (page: Page, name: RegExp) => page.getByRole('button', { name });
/** A refused form is a 400, which the browser notes on its console. */
const REFUSED_FORM = /status of 400/;

async function visit(options: Parameters<typeof invitePerson>[1] = {}): Promise<Person> {
	return invitePerson('none', { viewport: { width: 390, height: 844 }, ...options });
}

async function expectAccessible(page: Page): Promise<void> {
	const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	await page.evaluate(axe);
	const violations = await page.evaluate(async () => {
		const { violations } = await (
			globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
		).axe.run();
		return violations.map(({ id }) => id);
	});
	expect(violations).toEqual([]);
}

test.describe('the door', () => {
	for (const javaScriptEnabled of [true, false])
		test(`opens by the join code, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
			const person = await visit({ javaScriptEnabled, ignoreComplaints: REFUSED_FORM });
			const { page } = person;
			await page.goto(address());
			await page.getByLabel('Join code').fill('wrong1');
			await page.getByRole('button', { name: 'Listen' }).click();
			await expect(page.getByText('“wrong1” does not open this event.')).toBeVisible();
			await expect(page.getByLabel('Join code')).toHaveValue('wrong1');
			if (javaScriptEnabled) await expectAccessible(page);

			await page.getByLabel('Join code').fill(` ${stack.demo.joinCode?.toLowerCase()} `);
			await page.getByRole('button', { name: 'Listen' }).click();
			await expect(row(page, /^Deutsch/)).toBeVisible();
			await farewell([person]);
		});

	test('opens by the QR code, which leaves no code in the address', async () => {
		const person = await visit();
		await person.page.goto(`${address()}?code=${stack.demo.joinCode}&lang=DE`);
		expect(new URL(person.page.url()).search).toBe('?lang=DE');
		await expect(row(person.page, /^Deutsch/)).toHaveAttribute('aria-pressed', 'true');
		const cookie = (await person.context.cookies()).find(({ name }) =>
			name.startsWith('listener_')
		);
		expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
		await farewell([person]);
	});

	test('is found from the start page by the code alone', async () => {
		const person = await visit();
		await person.page.goto(stack.url);
		await person.page.getByLabel('Join code').fill(stack.demo.joinCode ?? '');
		await person.page.getByRole('button', { name: 'Listen' }).click();
		await expect(person.page).toHaveURL(address());
		await farewell([person]);
	});

	test('stays shut for the cookie of another event and for none', async () => {
		for (const path of ['listen', 'read-ticket']) {
			const response = await fetch(`${stack.url}/api/events/demo/${path}`);
			expect(response.status).toBe(401);
		}
	});
});

test('the floor steps in while the booth is off air, and the voice returns, without a reload', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const listener = await startListening(stack, /English/);
	const line = listener.page.locator('[data-status]');
	await expectToHear(listener, TONES.floor);
	await expect(line).toContainText('English is off air: you hear the original.');
	await expectAccessible(listener.page);

	await listener.ear.restart();
	await goLive(ana);
	await expectToHear(listener, TONES.ana);
	await expect(line).toContainText('Live');
	await ana.page.getByRole('button', { name: /^Stop|Go off air/ }).click();
	await expectToHear(listener, TONES.floor);

	const heard = await listener.ear.heard();
	const together = tonesHeard(heard, EAR_RATE_HZ, [TONES.ana, TONES.floor], {
		windowMs: 50
	}).filter((tones) => tones.length > 1);
	// Two crossings of less than a quarter of a second each, and no doubled sound beyond them.
	expect(together.length).toBeLessThanOrEqual(10);
	test.info().annotations.push({
		type: 'longest silence from floor to booth and back',
		description: `${longestSilenceMs(heard, EAR_RATE_HZ)} ms`
	});
	await farewell([ana, listener]);
});

test('pausing leaves the media server, changing language quickly ends in the last one', async () => {
	const sessions = async () => {
		const response = await fetch(`${stack.mediaApiUrl}/v3/webrtcsessions/list`);
		const { items } = (await response.json()) as {
			items: { id: string; state: string; path: string }[];
		};
		return items.filter(({ state }) => state === 'read');
	};
	// Those whom an earlier journey left behind do not count.
	const others = new Set((await sessions()).map(({ id }) => id));
	const readers = async () =>
		(await sessions()).filter(({ id }) => !others.has(id)).map(({ path }) => path);

	const listener = await startListening(stack, /^Floor/);
	await expectToHear(listener, TONES.floor);
	await expect.poll(readers).toEqual(['demo/floor']);
	for (const name of [/^Deutsch/, /^Français/, /^Deutsch/, /^Floor/])
		await row(listener.page, name).click();
	await expectToHear(listener, TONES.floor);
	await expect.poll(readers).toEqual(['demo/floor']);
	await row(listener.page, /^Pause/).click();
	await expect.poll(readers).toEqual([]);
	await listener.ear.restart();
	await expectToHear(listener, null);
	await farewell([listener]);
});

test('a tap before the page’s scripts run is not lost', async () => {
	const person = await visit();
	const { page } = person;
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => (release = resolve));
	await page.route('**/_app/immutable/**/*.js', async (route) => {
		await held;
		await route.continue();
	});
	await page.goto(`${address()}?code=${stack.demo.joinCode}`, { waitUntil: 'commit' });
	await row(page, /^Floor/).click();
	release();
	await expect(page.locator('[data-status="live"]')).toBeVisible();
	await farewell([person]);
});

test('a session the media server ended is opened anew', async () => {
	const listener = await startListening(stack, /^Floor/);
	await expectToHear(listener, TONES.floor);
	const list = await fetch(`${stack.mediaApiUrl}/v3/webrtcsessions/list`);
	const { items } = (await list.json()) as { items: { id: string; state: string }[] };
	await listener.ear.restart();
	for (const { id } of items.filter(({ state }) => state === 'read'))
		await fetch(`${stack.mediaApiUrl}/v3/webrtcsessions/kick/${id}`, { method: 'POST' });
	await expectToHear(listener, null);
	await expectToHear(listener, TONES.floor);
	await farewell([listener]);
});

test('a line that is connected but silent is noticed and mended', async () => {
	const relay = await udpRelay();
	const person = await visit();
	const { page } = person;
	const ear = await giveEar(page);
	// The first session goes through a cable that can be cut, the one that mends it does not.
	await page.route(
		'**/demo/floor/whep',
		async (route) => {
			// A server that knows where the listener is would go past the cable.
			const postData = (route.request().postData() ?? '').replace(/^a=candidate:.*\r?\n/gm, '');
			const response = await route.fetch({ postData });
			await route.fulfill({ response, body: relay.redirect(await response.text()) });
		},
		{ times: 1 }
	);
	await page.goto(`${address()}?code=${stack.demo.joinCode}`);
	await chooseLanguage(page, /^Floor/);
	await expectToHear({ ear }, TONES.floor);
	const said = page.evaluate(
		() =>
			new Promise<string[]>((resolve) => {
				const line = document.querySelector('[data-status]');
				const states: string[] = [];
				const watch = new MutationObserver(() => {
					const state = line?.getAttribute('data-status') ?? '';
					if (states.at(-1) !== state) states.push(state);
					if (state !== 'live' || states.length < 2) return;
					watch.disconnect();
					resolve(states);
				});
				if (line) watch.observe(line, { attributeFilter: ['data-status'] });
			})
	);
	const cutAt = Date.now();
	relay.cutSound();
	expect(await said).toEqual(['mending', 'live']);
	test.info().annotations.push({
		type: 'silent line mended after',
		description: `${Date.now() - cutAt} ms`
	});
	await ear.restart();
	await expectToHear({ ear }, TONES.floor);
	await relay.close();
	await farewell([person]);
});

test('the shell opens without a network, says so, and gives way to the page again', async () => {
	const person = await visit({ ignoreComplaints: /ERR_INTERNET_DISCONNECTED/ });
	const { page, context } = person;
	await page.goto(`${address()}?code=${stack.demo.joinCode}`);
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

	await context.setOffline(true);
	await page.goto(address());
	await expect(page.getByText('No network')).toBeVisible();
	await expect(row(page, /^Deutsch/)).toBeVisible();
	await expect(page.locator('[data-status="offline"]')).toBeVisible();
	await expectAccessible(page);
	await page.goto(`${stack.url}/listener/never-opened`);
	await expect(page.getByText('has not opened this event before')).toBeVisible();
	const kept = await page.evaluate(async () => {
		const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
		const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
		return requests.map(({ url }) => new URL(url).pathname);
	});
	expect(kept).toContain('/offline');
	expect(kept.filter((path) => !/^\/(offline$|_app\/|icons\/)/.test(path))).toEqual([]);

	await page.goto(address());
	await context.setOffline(false);
	await expect(page.getByText('No network')).toBeHidden();
	await expect(page.locator('[data-status="stopped"]')).toBeVisible();
	await farewell([person]);
});

test('the scripts that come before the first sound keep to their budget', async () => {
	const budget = await measureListenerBudget(`${address()}?code=${stack.demo.joinCode}`);
	test.info().annotations.push({ type: 'budget', description: JSON.stringify(budget) });
	expect(budget.scriptBytes).toBeGreaterThan(10_000);
	expect(budget.scriptBytes).toBeLessThanOrEqual(BUDGET_BYTES);
});
