import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { serveDeepgram } from '../fakes/speech/deepgram.ts';
import { expectAccessible } from '../support/accessible.ts';
import { setDemoCaptions } from '../support/caption-settings.ts';
import { ffmpeg } from '../support/ffmpeg.ts';
import {
	chooseLanguage,
	enterBooth,
	farewell,
	goLive,
	startListening,
	type Listener
} from '../support/journey.ts';
import { localModels, sharedRecording } from '../support/speech-model.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { bestMatchErrorRate } from '../support/word-error-rate.ts';
import { TWO_CITIES } from '../support/two-cities.ts';

const models = localModels();
const recording = sharedRecording('two_cities.wav');

let stack: Stack;
let folder: string;
test.beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'voxbento-speech-'));
	stack = await startStack(
		models === null ? {} : { STT_MODEL_DIR: process.env['STT_MODEL_DIR'] ?? '../shared/models' }
	);
});
test.afterAll(async () => {
	await stack?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Silent for 1.5 s of each 5 s: an utterance ends with a pause, and a reader makes few of them. */
const WITH_PAUSES = ['-af', "volume=volume=0:enable='gt(mod(t,5),3.5)'"];

/** A recording as the file of a fake microphone. */
async function wavOf(file: string, filter: readonly string[] = []): Promise<string> {
	const wav = join(folder, 'speech.wav');
	await ffmpeg(['-y', '-i', file, ...filter, '-ac', '1', '-ar', '48000', '-c:a', 'pcm_s16le', wav]);
	return wav;
}

type Final = { seq: number; text: string; startedAt: number; endedAt: number };

/** Everything that is stored of the English channel, as this listener may read it. */
async function stored({ page }: Pick<Listener, 'page'>): Promise<Final[]> {
	return page.evaluate(async () => {
		const snapshot = await (await fetch('/api/events/demo/listen')).json();
		const { booth } = snapshot.channels.find(
			({ language }: { language: string }) => language === 'en'
		);
		const answer = await fetch(`/api/events/demo/captions?channel=${booth}&seq=0`);
		return (await answer.json()).finals;
	});
}

/** Notes in the page when which text is first shown: every guess and every final. */
async function noteShown(page: Page): Promise<() => Promise<{ text: string; at: number }[]>> {
	await page.evaluate(() => {
		const shown: { text: string; at: number }[] = [];
		const seen = new Set<string>();
		Reflect.set(window, 'captionsShown', shown);
		const look = () => {
			for (const span of document.querySelectorAll('[data-partial], [data-seq]')) {
				const text = span.textContent?.trim() ?? '';
				if (text === '' || seen.has(text)) continue;
				seen.add(text);
				shown.push({ text, at: Date.now() });
			}
		};
		new MutationObserver(look).observe(document.body, {
			...{ subtree: true, childList: true, characterData: true }
		});
	});
	return () => page.evaluate(() => Reflect.get(window, 'captionsShown'));
}

const median = (values: number[]): number =>
	values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

test('words go from the booth through a speech service to the phone that reads', async () => {
	const said: string[] = [];
	const provider = await serveDeepgram({
		mishap: 'none',
		get utterances() {
			return Array.from({ length: 100 }, () => {
				const text = `Sentence number ${said.length + 1}.`;
				return {
					guesses: ['Sentence', 'Sentence number'],
					get final() {
						said.push(`Sentence number ${said.length + 1}.`);
						return said.at(-1) ?? text;
					}
				};
			});
		}
	});
	await setDemoCaptions(stack, 'en', {
		provider: 'deepgram',
		server: provider.server,
		key: { provider: 'deepgram', key: provider.key }
	});
	await stack.captions.start();

	const ana = await enterBooth(stack, 'Ana', {
		wav: await wavOf('tests/support/speech/old-harbour.opus', WITH_PAUSES)
	});
	await expect(ana.page.getByText('Captions: waiting for sound')).toBeVisible();
	const listener = await startListening(stack, /English/);
	await expect(listener.page.getByText('What is said appears here in writing.')).toBeVisible();
	const shown = await noteShown(listener.page);
	await goLive(ana);
	await expect(ana.page.getByText('Captions: running')).toBeVisible();
	const caption = listener.page.locator('[data-captions]');
	await expect(caption).toContainText('Sentence number 1.');
	await expect(caption).toContainText('Sentence number 3.', { timeout: 60_000 });

	// Every final once, in the order it was said.
	const finals = await stored(listener);
	expect(finals.map(({ seq }) => seq)).toEqual(finals.map((_, i) => i + 1));
	expect(finals.map(({ text }) => text)).toEqual(said.slice(0, finals.length));
	// From when the words began, as the worker heard them, to the first guess on the phone.
	const texts = await shown();
	const guess = texts.find(({ text }) => text === 'Sentence');
	const spokenToShownMs = (guess?.at ?? NaN) - (finals[0]?.startedAt ?? NaN);
	const spokenToFinalMs = median(
		finals.flatMap(({ text, endedAt }) => {
			const at = texts.find((one) => one.text === text)?.at;
			return at === undefined ? [] : [at - endedAt];
		})
	);
	test
		.info()
		.annotations.push(
			{ type: 'first guess shown after its words began', description: `${spokenToShownMs} ms` },
			{ type: 'final shown after its words ended', description: `${spokenToFinalMs} ms` }
		);
	console.log(
		`first guess ${spokenToShownMs} ms after its words began; finals ${spokenToFinalMs} ms after theirs ended (median)`
	);
	expect(spokenToShownMs).toBeLessThan(4_000);
	expect(provider.violations).toEqual([]);

	await expectAccessible(listener.page);
	await listener.page.getByRole('button', { name: 'Show more of what was said' }).click();
	await expect(listener.page.locator('[data-captions=open] [data-seq="1"]')).toBeVisible();
	await listener.page.getByRole('button', { name: 'Show the last two lines' }).click();

	// Off is remembered, and on shows again what was missed.
	const toggle = listener.page.getByRole('button', { name: 'Captions', exact: true });
	await toggle.click();
	await expect(caption).toHaveCount(0);
	await listener.page.reload();
	await chooseLanguage(listener.page, /English/);
	await expect(toggle).toHaveAttribute('aria-pressed', 'false');
	await expect(caption).toHaveCount(0);
	await toggle.click();
	await expect(caption).toContainText(/Sentence number \d+\./);
	await farewell([ana, listener]);
	await stack.captions.kill();
	await provider.close();
});

test('a reader’s words become captions with the model on this machine', async () => {
	test.skip(
		models === null || recording === null,
		'skipped: ../shared/models or ../shared/speech is not here'
	);
	test.setTimeout(240_000);
	await setDemoCaptions(stack, 'en', { provider: 'local' });
	await stack.captions.start();
	const ana = await enterBooth(stack, 'Ana', { wav: await wavOf(recording ?? '') });
	const listener = await startListening(stack, /English/);
	const before = (await stored(listener)).length;
	const shown = await noteShown(listener.page);
	await goLive(ana);
	const since = async () => (await stored(listener)).slice(before);
	// The recording goes round and round: two rounds have it once from its beginning to its end.
	await expect
		.poll(
			async () => bestMatchErrorRate(TWO_CITIES, (await since()).map(({ text }) => text).join(' ')),
			{ timeout: 150_000, intervals: [2_000] }
		)
		.toBeLessThanOrEqual(0.1);
	const finals = await since();
	const rate = bestMatchErrorRate(TWO_CITIES, finals.map(({ text }) => text).join(' '));
	const texts = await shown();
	const delays = finals.flatMap(({ text, endedAt }) => {
		const at = texts.find((one) => one.text === text)?.at;
		return at === undefined ? [] : [at - endedAt];
	});
	const words = `word error rate ${(rate * 100).toFixed(1)} %; finals shown ${median(delays)} ms after their words ended (median)`;
	test.info().annotations.push({ type: 'local model', description: words });
	console.log(words);
	await farewell([ana, listener]);
});
