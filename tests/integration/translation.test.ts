import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ok, refuse } from '#lib/domain/result.ts';
import type { AddedTranslation } from '#lib/server/captions/captions.ts';
import { createGlossary } from '#lib/server/caption-settings/glossary.ts';
import type { Db } from '#lib/server/db/database.ts';
import { events, segments, segmentTranslations } from '#lib/server/db/schema.ts';
import { createLog } from '#lib/server/log.ts';
import { libretranslate } from '#lib/server/translation/libretranslate.ts';
import { openaiCompatibleChat } from '#lib/server/translation/openai-chat.ts';
import { CLAIM_MS, createTranslationQueue, QUEUE_MAX } from '#lib/server/translation/queue.ts';
import {
	createTranslationSettings,
	type TranslationSettings
} from '#lib/server/translation/settings.ts';
import { createStoredTranslations } from '#lib/server/translation/stored.ts';
import { createTranslator, type Translator } from '#lib/server/translation/translator.ts';
import { createTranscripts } from '#lib/server/transcripts/transcripts.ts';
import { FAKE_KEY, type TranslationFake } from '../fakes/translation/fake.ts';
import { serveLibretranslate } from '../fakes/translation/libretranslate.ts';
import { serveOpenaiChat } from '../fakes/translation/openai-chat.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { somebody, spokenEvent, type SpokenEvent } from '../support/spoken.ts';

const log = createLog('silent');

describeOnEachDatabase('translation of captions', (kind) => {
	let db: Db;
	let spoken: SpokenEvent;
	let fake: TranslationFake;
	const told: AddedTranslation[] = [];
	const portals: Translator[] = [];

	beforeEach(async () => {
		db ??= (await kind.open()).db;
		await db.delete(events);
		spoken = await spokenEvent(db);
		await db.update(events).set({ transcriptionApiEnabled: true });
		fake = await serveLibretranslate();
		told.length = 0;
	});
	afterEach(async () => {
		await Promise.all(portals.splice(0).map((portal) => portal.stop()));
		expect(fake.violations).toEqual([]);
		await fake.close();
	});

	const settings = (now?: () => number) =>
		createTranslationSettings(db, { changed: () => undefined, ...(now ? { now } : {}) });
	const into = (targets: string[], other: Partial<TranslationSettings> = {}) =>
		settings().change(spoken.event, {
			enabled: true,
			service: 'libretranslate',
			server: fake.server,
			model: '',
			targets,
			...other
		});
	function portal(hasKey = true): Translator {
		const started = createTranslator({
			db,
			providers: new Map([libretranslate, openaiCompatibleChat].map((one) => [one.name, one])),
			keys: {
				key: () => Promise.resolve(hasKey ? ok(FAKE_KEY) : refuse('key_missing', 'API key missing'))
			},
			tell: (translation) => void told.push(translation),
			log,
			// The shortest wait a fault has.
			random: () => 0
		});
		portals.push(started);
		started.start();
		return started;
	}
	const texts = (): string[] => told.map(({ text }) => text).sort();
	const say = (language: string, said: string[]) =>
		spoken.say(language, said, { at: Date.now() - 60_000, everyMs: 10, speaker: 'Ana' });

	test('what was said is told in every other language, once, by whichever portal', async () => {
		await into(['de', 'en', 'fr']);
		const said = Array.from({ length: 12 }, (_, n) => `Caption ${n + 1}.`);
		await say('en', said);
		portal();
		portal();
		await eventually('all translations', () => told.length >= 24);
		expect(texts()).toEqual(said.flatMap((text) => [`[de] ${text}`, `[fr] ${text}`]).sort());
		expect(fake.requests).toHaveLength(24);
		expect(told.find(({ text }) => text === '[de] Caption 1.')).toMatchObject({
			channel: spoken.booth('en'),
			seq: 1,
			language: 'de',
			version: 1,
			speaker: 'Ana'
		});
		const stored = await createStoredTranslations(db).since(spoken.booth('en'), 'fr', 10);
		expect(stored.finals.map(({ text, machine }) => [text, machine])).toEqual([
			['[fr] Caption 11.', true],
			['[fr] Caption 12.', true]
		]);
		const latest = await createStoredTranslations(db).since(spoken.booth('en'), 'fr', null);
		expect(latest.finals.map(({ seq }) => seq)).toEqual(said.map((_, n) => n + 1));
		expect(await settings().health(spoken.event)).toMatchObject({
			done: 24,
			waiting: 0,
			failed: 0,
			fault: null
		});
	});

	test('nothing leaves an event that does not allow it, or has it switched off', async () => {
		await into(['de']);
		await db.update(events).set({ transcriptionApiEnabled: false });
		await say('en', ['Good morning.']);
		const queue = createTranslationQueue(db);
		await queue.fill(Date.now());
		expect(await queue.claim(Date.now(), 10)).toEqual([]);
		await db.update(events).set({ transcriptionApiEnabled: true });
		await into(['de'], { enabled: false });
		await queue.fill(Date.now());
		expect(await queue.claim(Date.now(), 10)).toEqual([]);
	});

	test('a service that fails is tried again, and what it means is said', async () => {
		fake.mishap = 'server-error';
		await into(['de']);
		await say('en', ['Good morning.']);
		portal();
		await eventually('a first refusal', () => fake.requests.length > 0);
		await eventually('its reason', async () => {
			const { fault, waiting } = await settings().health(spoken.event);
			return fault === 'provider_unreachable' && waiting === 1;
		});
		fake.mishap = 'none';
		await eventually('the translation', () => told.length > 0);
		expect(texts()).toEqual(['[de] Good morning.']);
		expect(await settings().health(spoken.event)).toMatchObject({ done: 1, fault: null });
	});

	test('after five attempts a caption is given up, and said to be', async () => {
		fake.mishap = 'rate-limit';
		await into(['de']);
		await say('en', ['Good morning.']);
		const queue = createTranslationQueue(db);
		await queue.fill(Date.now());
		for (let attempt = 1; attempt <= 5; attempt++) {
			const [job] = await queue.claim(Date.now() + attempt * 3_600_000, 1);
			expect(job?.attempts).toBe(attempt);
			if (job) await queue.failed(job, 'rate_limited', attempt < 5 ? Date.now() : null);
		}
		expect(await queue.claim(Date.now() + 24 * 3_600_000, 1)).toEqual([]);
		expect(await settings().health(spoken.event)).toMatchObject({
			failed: 1,
			fault: 'rate_limited'
		});
	});

	test('a slow service falls behind by a bounded number, the newest are kept', async () => {
		fake.mishap = 'silence';
		await into(['de']);
		await say(
			'en',
			Array.from({ length: QUEUE_MAX + 5 }, (_, n) => `Caption ${n + 1}.`)
		);
		await createTranslationQueue(db).fill(Date.now());
		const rows = await db.select().from(segmentTranslations);
		expect(rows.filter(({ state }) => state === 'waiting')).toHaveLength(QUEUE_MAX);
		expect(rows.filter(({ fault }) => fault === 'falling_behind').map(({ seq }) => seq)).toEqual([
			1, 2, 3, 4, 5
		]);
		// What is said is stored all the while, as if nobody translated.
		expect(await say('en', ['One more.'])).toBe(QUEUE_MAX + 6);
	});

	test('a talkative channel does not keep the others waiting', async () => {
		await into(['de']);
		await say(
			'en',
			Array.from({ length: 20 }, (_, n) => `Caption ${n + 1}.`)
		);
		await say('fr', ['Bonjour.']);
		const queue = createTranslationQueue(db);
		await queue.fill(Date.now());
		const jobs = await queue.claim(Date.now(), 8);
		expect(jobs).toHaveLength(4);
		const [french] = await db
			.select()
			.from(segments)
			.where(eq(segments.boothId, spoken.booth('fr')));
		expect(jobs.map(({ segment }) => segment)).toContain(french?.id);
	});

	test('what a portal took and did not do comes back', async () => {
		await into(['de']);
		await say('en', ['Good morning.']);
		const queue = createTranslationQueue(db);
		await queue.fill(Date.now());
		expect(await queue.claim(Date.now(), 5)).toHaveLength(1);
		expect(await queue.claim(Date.now(), 5)).toEqual([]);
		expect(await queue.claim(Date.now() + CLAIM_MS + 1, 5)).toHaveLength(1);
	});

	test('a corrected caption is translated again, and told as a correction', async () => {
		await into(['de']);
		await say('en', ['Ask Miss her Rao.']);
		const translator = portal();
		await eventually('the translation', () => told.length === 1);
		await createTranscripts(db, { announce: () => Promise.resolve() }).correct(
			spoken.booth('en'),
			1,
			{ base: 1, text: 'Ask Mr Rao.', speaker: '' },
			somebody('Olga')
		);
		translator.nudge();
		await eventually('the correction', () => told.length === 2);
		expect(told[1]).toMatchObject({ seq: 1, version: 2, text: '[de] Ask Mr Rao.' });
	});

	test('a late answer does not overwrite the translation of a correction', async () => {
		await into(['de']);
		await say('en', ['Ask Miss her Rao.']);
		const queue = createTranslationQueue(db);
		await queue.fill(Date.now());
		const [job] = await queue.claim(Date.now(), 1);
		await createTranscripts(db, { announce: () => Promise.resolve() }).correct(
			spoken.booth('en'),
			1,
			{ base: 1, text: 'Ask Mr Rao.', speaker: '' },
			somebody('Olga')
		);
		expect(job && (await queue.done(job, 'alt', Date.now()))).toBe(false);
		expect(await queue.claim(Date.now() + 1_000, 1)).toHaveLength(1);
	});

	test('the service gets the words of the glossary and what was said before', async () => {
		const chat = await serveOpenaiChat();
		await createGlossary(db, { changed: () => Promise.resolve() }).add(spoken.event, [
			{ kind: 'term', term: 'harbour', translations: { de: 'Hafen' } },
			{ kind: 'speaker', term: 'Rao', translations: {} },
			{ kind: 'term', term: 'not said', translations: { de: 'nicht gesagt' } }
		]);
		await into(['de'], { service: 'openai-compatible', server: chat.server, model: 'm' });
		await say('en', ['Good morning.', 'Ask Rao about the Harbour.']);
		portal();
		await eventually('both', () => told.length === 2);
		const systems = chat.requests.map(
			({ messages }) => (messages as { content: string }[])[0]?.content ?? ''
		);
		const second = systems.find((text) => text.includes('Hafen')) ?? '';
		expect(second).toContain('harbour = Hafen');
		expect(second).toContain('Rao = Rao');
		expect(second).not.toContain('nicht gesagt');
		expect(second).toContain('Good morning.');
		expect(chat.violations).toEqual([]);
		await chat.close();
	});
});
