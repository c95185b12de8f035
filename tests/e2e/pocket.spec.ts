import { expect, test, type Page } from '@playwright/test';
import { EAR_RATE_HZ } from '../support/ear.ts';
import { longestSilenceMs, tonesHeard } from '../support/hearing.ts';
import {
	chooseLanguage,
	expectToHear,
	farewell,
	startListening,
	TONES
} from '../support/journey.ts';
import { expectAccessible } from '../support/accessible.ts';
import { speakIn, speakOnStage, type Speaking } from '../support/on-air.ts';
import { invitePerson } from '../support/people.ts';
import { pitchLevelDbfs } from '../support/sound-level.ts';
import { startStack, type Stack } from '../support/stack.ts';

/** The radio in a pocket: what a listener hears and can do with it, with real sound. */

let stack: Stack;
const speaking: Speaking[] = [];
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterEach(async () => {
	for (const one of speaking.splice(0)) await one.stop().catch(() => undefined);
});
test.afterAll(() => stack?.stop());

const GERMAN = TONES.ben;
const ENGLISH = TONES.ana;
const status = (page: Page, kind: string) => page.locator(`[data-status="${kind}"]`);
const note = (type: string, description: string) =>
	test.info().annotations.push({ type, description });

/** Level of a tone just now, dBFS. */
const levelNow = (heard: Float32Array, pitchHz: number) =>
	pitchLevelDbfs(heard.subarray(-EAR_RATE_HZ * 0.3), EAR_RATE_HZ, pitchHz);

async function openSettings(page: Page): Promise<void> {
	await page.locator('summary', { hasText: 'About and settings' }).click();
	await expect(page.getByRole('heading', { name: 'Sound' })).toBeVisible();
}

test('channels cross without a hole or a double, equally loud; the floor steps in within a second, or not', async () => {
	const english = await speakIn(stack, 'en', ENGLISH, 0.1);
	speaking.push(
		english,
		await speakIn(stack, 'de', GERMAN, 0.3),
		await speakOnStage(stack, TONES.floor, 0.35)
	);
	const listener = await startListening(stack, /English/);
	const { page, ear } = listener;
	await expectToHear(listener, ENGLISH);

	await ear.restart();
	await chooseLanguage(page, /^Deutsch/);
	await expectToHear(listener, GERMAN);
	let heard = await ear.heard();
	const crossing = tonesHeard(heard, EAR_RATE_HZ, [ENGLISH, GERMAN], { windowMs: 50 }).filter(
		(tones) => tones.length > 1
	);
	note('silence while switching', `${longestSilenceMs(heard, EAR_RATE_HZ)} ms`);
	expect(longestSilenceMs(heard, EAR_RATE_HZ)).toBeLessThanOrEqual(120);
	expect(crossing.length).toBeLessThanOrEqual(5);

	// 9.5 dB apart where they are spoken, and no further than an ear forgives where they are heard.
	await expect
		.poll(
			async () => {
				const german = levelNow(await ear.heard(), GERMAN);
				await chooseLanguage(page, /English/);
				await expectToHear(listener, ENGLISH);
				const difference = Math.abs(levelNow(await ear.heard(), ENGLISH) - german);
				await chooseLanguage(page, /^Deutsch/);
				await expectToHear(listener, GERMAN);
				return difference;
			},
			{ timeout: 40_000 }
		)
		.toBeLessThan(3);

	await chooseLanguage(page, /English/);
	await expectToHear(listener, ENGLISH);
	await ear.restart();
	await english.stop();
	await expectToHear(listener, TONES.floor);
	heard = await ear.heard();
	const windows = tonesHeard(heard, EAR_RATE_HZ, [ENGLISH, TONES.floor], { windowMs: 20 });
	const lastVoice = windows.findLastIndex((tones) => tones.includes(ENGLISH));
	const firstFloor = windows.findIndex((tones) => tones.includes(TONES.floor));
	note('floor after the voice', `${(firstFloor - lastVoice) * 20} ms`);
	expect((firstFloor - lastVoice) * 20).toBeLessThanOrEqual(1_000);
	await expect(page.getByText('English is off air: you hear the original.')).toBeVisible();

	await openSettings(page);
	await page.getByLabel('Original while the booth is off air').uncheck();
	await ear.restart();
	await expectToHear(listener, null);
	await expect(status(page, 'silent')).toBeVisible();
	await farewell([listener]);
});

test('the original underneath is quieter than the voice, and a delay holds everything back', async () => {
	speaking.push(await speakOnStage(stack, TONES.floor));
	speaking.push(await speakIn(stack, 'en', ENGLISH));
	const listener = await startListening(stack, /English/);
	const { page, ear } = listener;
	await expectToHear(listener, ENGLISH);

	await openSettings(page);
	await page.getByLabel('Original underneath').fill('0.2');
	await expect
		.poll(async () => {
			const heard = await ear.heard();
			return levelNow(heard, ENGLISH) - levelNow(heard, TONES.floor);
		})
		.toBeLessThan(20);
	const heard = await ear.heard();
	expect(levelNow(heard, ENGLISH) - levelNow(heard, TONES.floor)).toBeGreaterThan(8);
	await page.getByLabel('Original underneath').fill('0');
	await expectToHear(listener, ENGLISH);

	await page.getByLabel('Delay').fill('3');
	await expect(page.locator('[data-status="live"]')).toContainText(/3\.\d s/);
	// What was said before the delay was wanted has gone by; from now on everything comes late.
	await expectToHear(listener, null);
	await expectToHear(listener, ENGLISH);
	await farewell([listener]);
});

test('the last half minute is heard again as it was, then the sound catches up', async () => {
	let voice = await speakIn(stack, 'en', ENGLISH);
	const listener = await startListening(stack, /English/);
	const { page, ear } = listener;
	await expectToHear(listener, ENGLISH);
	const again = page.getByRole('button', { name: 'Hear the last 30 s again', exact: true });
	await expect(again).toBeVisible();

	await ear.restart();
	await expect
		.poll(async () => (await ear.heard()).length / EAR_RATE_HZ, { timeout: 15_000 })
		.toBeGreaterThan(4);
	await voice.stop();
	await expectToHear(listener, null);
	voice = await speakIn(stack, 'en', GERMAN);
	speaking.push(voice);
	await expectToHear(listener, GERMAN);
	const before = toneSeconds(await ear.heard(), ENGLISH);

	await ear.restart();
	await again.click();
	await expect(status(page, 'replay')).toBeVisible();
	await expectToHear(listener, ENGLISH);
	await expect(status(page, 'live')).toBeVisible({ timeout: 90_000 });
	await expectToHear(listener, GERMAN);
	const replayed = await ear.heard();
	note('replayed', `${toneSeconds(replayed, ENGLISH)} s of ${before} s`);
	// All of it, and what was heard before this ear was opened.
	expect(toneSeconds(replayed, ENGLISH)).toBeGreaterThan(before - 0.5);
	expect(toneSeconds(replayed, ENGLISH)).toBeLessThan(before + 8);
	const both = tonesHeard(replayed, EAR_RATE_HZ, [ENGLISH, GERMAN], { windowMs: 100 });
	// The live sound fades out while the replay begins, and the other way round.
	expect(both.filter((tones) => tones.length > 1).length).toBeLessThanOrEqual(6);
	await farewell([listener]);
});

test('everything read before is there after a cold start without a network, and is searched', async () => {
	const person = await invitePerson('none', {
		viewport: { width: 390, height: 844 },
		ignoreComplaints: /ERR_INTERNET_DISCONNECTED|WebSocket connection/
	});
	const { page, context } = person;
	await page.route('**/api/events/demo/captions?**', async (route) => {
		const asked = new URL(route.request().url()).searchParams;
		const channel = Number(asked.get('channel'));
		const finals = asked.has('seq')
			? []
			: Array.from({ length: 200 }, (_, n) => ({
					id: `c${n}`,
					channel,
					seq: n + 1,
					language: 'en',
					machine: false,
					version: 1,
					text: `Sentence ${n + 1} about ${n % 10 === 0 ? 'the café' : 'the harbour'}.`,
					startedAt: 1_700_000_000_000 + n * 5_000,
					endedAt: 1_700_000_004_000 + n * 5_000,
					speaker: null
				}));
		await route.fulfill({ json: { finals, more: false } });
	});
	await page.goto(`${stack.url}/listener/demo?code=${stack.demo.joinCode}&lang=en`);
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
	const kept = () =>
		page.evaluate(
			() =>
				new Promise<number>((resolve) => {
					const open = indexedDB.open('voxbento-captions');
					open.onsuccess = () => {
						const store = open.result.transaction('captions').objectStore('captions');
						const count = store.count();
						count.onsuccess = () => {
							open.result.close();
							resolve(count.result);
						};
					};
				})
		);
	await expect.poll(kept, { timeout: 20_000 }).toBe(200);

	await context.setOffline(true);
	await page.goto(`${stack.url}/listener/demo`);
	await expect(page.getByText('No network')).toBeVisible();
	await page.getByRole('button', { name: 'Read captions' }).click();
	const reader = page.locator('[data-reader]');
	await expect(reader.locator('li')).toHaveCount(200);
	await page.getByLabel('Search in what was said').fill('cafe SENTENCE');
	await expect(reader.locator('li')).toHaveCount(20);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'View' }).click();
	const saved = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Save as text' }).click();
	expect((await saved).suggestedFilename()).toBe('demo-en.txt');
	await page.keyboard.press('Escape');
	await expect(reader).toBeHidden();
	await farewell([person]);
});

test('speaks the phone’s language and another at a tap, on the narrowest screen with the largest text', async () => {
	const person = await invitePerson('none', {
		viewport: { width: 320, height: 640 },
		locale: 'fr-FR'
	});
	const { page } = person;
	await page.goto(`${stack.url}/listener/demo?code=${stack.demo.joinCode}`);
	await expect(page.getByText('Appuyez sur lecture pour écouter.')).toBeVisible();
	await expect(page.getByRole('button', { name: /^Français/ })).toHaveAttribute(
		'aria-pressed',
		'true'
	);
	await page.locator('summary', { hasText: 'À propos et réglages' }).click();
	await page.getByLabel('Langue de ces pages').selectOption('hi');
	await expect(page.getByText('सुनने के लिए चलाएँ दबाएँ।')).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'hi');
	await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
	const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	expect(wider).toBeLessThanOrEqual(0);
	await expectAccessible(page);
	await farewell([person]);
});

function toneSeconds(heard: Float32Array, pitchHz: number): number {
	const windows = tonesHeard(heard, EAR_RATE_HZ, [ENGLISH, GERMAN], { windowMs: 100 });
	return windows.filter((tones) => tones.includes(pitchHz)).length / 10;
}
