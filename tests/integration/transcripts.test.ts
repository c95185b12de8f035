import { and, eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { exported } from '#lib/domain/captions/export.ts';
import type { Db } from '#lib/server/db/database.ts';
import { segments, segmentTranslations } from '#lib/server/db/schema.ts';
import { PAGE_LENGTH } from '#lib/server/transcripts/reader.ts';
import { createTranscripts, type Transcripts } from '#lib/server/transcripts/transcripts.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { somebody, SPOKEN_AT, spokenEvent, type SpokenEvent } from '../support/spoken.ts';

describeOnEachDatabase('transcripts', (kind) => {
	let db: Db;
	let spoken: SpokenEvent;
	let transcripts: Transcripts;
	const announced: string[] = [];

	beforeAll(async () => {
		({ db } = await kind.open());
		spoken = await spokenEvent(db);
		transcripts = createTranscripts(db, {
			announce: (booth, seq) => Promise.resolve(void announced.push(`${booth}/${seq}`))
		});
		await spoken.say('en', ['Good morning.', 'It costs 100 % more.', 'Ask Miss her Rao.'], {
			speaker: 'Ana'
		});
		await spoken.say('en', ['After the break.'], { at: SPOKEN_AT + 3_600_000, speaker: 'Ben' });
		await spoken.say(
			'fr',
			Array.from({ length: PAGE_LENGTH + 2 }, (_, n) => `Phrase ${n + 1}.`)
		);
	});

	test('channels tell how much was said, corrected and translated', async () => {
		await translate('en', 1, 'de', 'Guten Morgen.');
		const counts = await transcripts.counts([
			spoken.booth('en'),
			spoken.booth('fr'),
			spoken.booth('ar')
		]);
		expect(counts.find(({ booth }) => booth === spoken.booth('en'))).toEqual({
			booth: spoken.booth('en'),
			segments: 4,
			corrected: 0,
			firstAt: SPOKEN_AT,
			lastAt: SPOKEN_AT + 3_600_000 + 4_000,
			translations: [{ language: 'de', done: 1 }]
		});
		expect(counts.map(({ booth }) => booth)).not.toContain(spoken.booth('ar'));
	});

	test('a page ends after so many captions and leads on in both directions', async () => {
		const booth = spoken.booth('fr');
		const first = await transcripts.page(booth, { from: null, translation: null });
		expect(first.segments).toHaveLength(PAGE_LENGTH);
		expect(first).toMatchObject({ previousFrom: null, nextFrom: PAGE_LENGTH + 1 });
		const second = await transcripts.page(booth, { from: first.nextFrom, translation: null });
		expect(second.segments.map(({ text }) => text)).toEqual(['Phrase 61.', 'Phrase 62.']);
		expect(second).toMatchObject({ previousFrom: 1, nextFrom: null });
	});

	test('a page shows a translation beside what was said', async () => {
		const page = await transcripts.page(spoken.booth('en'), { from: null, translation: 'de' });
		expect(page.segments.map(({ translation }) => translation)).toEqual([
			'Guten Morgen.',
			null,
			null,
			null
		]);
	});

	test('ten minutes of silence begin another stretch', async () => {
		expect(await transcripts.stretches(spoken.booth('en'))).toEqual([
			{ fromSeq: 1, segments: 3, startedAt: SPOKEN_AT, endedAt: SPOKEN_AT + 14_000 },
			{
				fromSeq: 4,
				segments: 1,
				startedAt: SPOKEN_AT + 3_600_000,
				endedAt: SPOKEN_AT + 3_604_000
			}
		]);
	});

	test.each([
		['MORNING', ['Good morning.']],
		['rao  ask', ['Ask Miss her Rao.']],
		['100 %', ['It costs 100 % more.']],
		['_', []],
		['\\', []],
		['ben', ['After the break.']],
		['morning break', []],
		['  ', []]
	])('a search for “%s” finds every caption with all of its words', async (query, texts) => {
		const found = await transcripts.search([spoken.booth('en')], query);
		expect(found.map(({ text }) => text)).toEqual(texts);
	});

	test('a search stays in the channels it was given', async () => {
		expect(await transcripts.search([spoken.booth('ar')], 'morning')).toEqual([]);
		expect(await transcripts.search([], 'morning')).toEqual([]);
	});

	test('a correction is a version, with who and when, and is told', async () => {
		const booth = spoken.booth('en');
		const fix = { base: 1, text: 'Ask Mr Rao.', speaker: 'Ana' };
		const answer = await transcripts.correct(booth, 3, fix, somebody('Olga'));
		expect(answer).toMatchObject({ ok: true, value: { version: 2, text: 'Ask Mr Rao.' } });
		await transcripts.correct(booth, 3, { ...fix, base: 2, speaker: 'Eve' }, somebody('Ben'));
		expect(announced).toEqual([`${booth}/3`, `${booth}/3`]);
		expect(await transcripts.versions(booth, 3)).toMatchObject([
			{ version: 3, text: 'Ask Mr Rao.', speaker: 'Eve', by: 'Ben' },
			{ version: 2, text: 'Ask Mr Rao.', speaker: 'Ana', by: 'Olga' },
			{ version: 1, text: 'Ask Miss her Rao.', speaker: 'Ana', by: '' }
		]);
		expect(await transcripts.speakers(booth)).toEqual(
			expect.arrayContaining(['Ana', 'Ben', 'Eve'])
		);
	});

	test('of two people who correct at once one is told, and nothing is lost', async () => {
		const booth = spoken.booth('fr');
		const both = await Promise.all(
			['Un.', 'Deux.'].map((text) =>
				transcripts.correct(booth, 1, { base: 1, text, speaker: '' }, somebody(text))
			)
		);
		expect(both.filter(({ ok }) => ok)).toHaveLength(1);
		expect(both.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'corrected_meanwhile' } });
		expect(await transcripts.versions(booth, 1)).toHaveLength(2);
	});

	test('a correction of words makes translations due again, one of the name does not', async () => {
		const booth = spoken.booth('en');
		await translate('en', 2, 'de', 'Es kostet 100 % mehr.');
		await transcripts.correct(
			booth,
			2,
			{ base: 1, text: 'It costs 100 % more.', speaker: 'Eve' },
			somebody('Olga')
		);
		expect(await stateOf('en', 2)).toEqual({ state: 'done', version: 1 });
		await transcripts.correct(
			booth,
			2,
			{ base: 2, text: 'It costs 10 % more.', speaker: 'Eve' },
			somebody('Olga')
		);
		expect(await stateOf('en', 2)).toEqual({ state: 'waiting', version: 3 });
	});

	test('a caption of another channel is not found', async () => {
		const fix = { base: 1, text: 'x', speaker: '' };
		expect(await transcripts.correct(spoken.booth('ar'), 1, fix, somebody('Olga'))).toMatchObject({
			error: { code: 'not_found' }
		});
	});

	test('channels go into one file side by side, translations said to be a machine’s', async () => {
		const file = exported(
			await transcripts.transcript({
				event: 'Demo',
				room: 'Main hall',
				channels: [
					{ booth: spoken.booth('en'), label: 'English', language: null, translation: null },
					{ booth: spoken.booth('en'), label: 'Deutsch', language: null, translation: 'de' }
				],
				between: { from: SPOKEN_AT, until: SPOKEN_AT + 1_000 }
			}),
			'txt'
		);
		expect(file).toBe(
			'Demo · Main hall\nEnglish (en)\nDeutsch (de), translated by a machine\n\n' +
				'[00:00:00] English · Ana: Good morning.\n[00:00:00] Deutsch · Ana: Guten Morgen.\n'
		);
	});

	async function translate(spokenIn: string, seq: number, into: string, text: string) {
		const [row] = await db
			.select()
			.from(segments)
			.where(and(eq(segments.boothId, spoken.booth(spokenIn)), eq(segments.seq, seq)));
		await db.insert(segmentTranslations).values({
			segmentId: row?.id ?? '',
			language: into,
			boothId: spoken.booth(spokenIn),
			seq,
			version: 1,
			state: 'done',
			text
		});
	}

	async function stateOf(spokenIn: string, seq: number) {
		const [row] = await db
			.select({ state: segmentTranslations.state, version: segmentTranslations.version })
			.from(segmentTranslations)
			.where(
				and(
					eq(segmentTranslations.boothId, spoken.booth(spokenIn)),
					eq(segmentTranslations.seq, seq)
				)
			);
		return row;
	}
});
