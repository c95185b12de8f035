import { afterEach, describe, expect, it } from 'vitest';
import type { CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import {
	BACKLOG_MS,
	type SpeechProvider,
	type SpeechSettings
} from '../../../workers/transcriber/providers/provider.ts';
import type {
	Mishap,
	ScriptedUtterance,
	SpeechFake,
	SpeechScript
} from '../../fakes/speech/fake.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { listen, speak, speech, type Listened } from './stage.ts';

export type ProviderUnderTest = {
	readonly provider: SpeechProvider;
	serve(script: SpeechScript): Promise<SpeechFake>;
	/** Where nobody listens, in the form of the adapter's `server` setting. */
	nowhere(port: number): string;
	/** What each mishap is called; one that the vendor does not have is left out. */
	readonly faults: Partial<Record<Mishap, CaptionFaultCode>>;
	/** Whether it says guesses before an utterance is over. */
	readonly guesses: boolean;
	/** Whether sound reaches the server before the utterance is over. */
	readonly streams: boolean;
};

const SCRIPT: readonly ScriptedUtterance[] = [
	{ guesses: ['good', 'good morning'], final: 'Good morning, everyone.' },
	{ guesses: ['we', 'we begin'], final: 'We begin.' }
];
const UTTERANCE_MS = 480;

/** What every adapter does, whatever vendor stands behind it. */
export function describeSpeechProvider(under: ProviderUnderTest): void {
	const { provider } = under;
	const { rateHz } = provider;
	const said = speech(UTTERANCE_MS, rateHz);
	const open: SpeechFake[] = [];
	const streams: Listened[] = [];

	afterEach(async () => {
		for (const { stream } of streams.splice(0)) stream.close();
		const violations = open.flatMap((fake) => [...fake.violations]);
		await Promise.all(open.splice(0).map((fake) => fake.close()));
		expect(violations).toEqual([]);
	});

	const serve = async (script: Partial<SpeechScript> = {}): Promise<SpeechFake> => {
		const fake = await under.serve({ utterances: SCRIPT, mishap: 'none', ...script });
		open.push(fake);
		return fake;
	};
	const settings = (fake: SpeechFake, other: Partial<SpeechSettings> = {}): SpeechSettings => ({
		language: 'en',
		model: '',
		key: fake.key,
		server: fake.server,
		hints: ['VoxBento'],
		...other
	});
	const start = (fake: SpeechFake, other: Partial<SpeechSettings> = {}): Listened => {
		const listened = listen(provider, settings(fake, other));
		streams.push(listened);
		return listened;
	};

	describe(`the ${provider.name} adapter`, () => {
		it('says guesses, then the final words, then that the utterance is over', async () => {
			const fake = await serve();
			const listened = start(fake);
			await listened.until('ready');
			speak(listened.stream, said, rateHz);
			if (under.guesses) await listened.until('interim: good morning');
			listened.stream.pause();
			await listened.until('utterance-end');
			speak(listened.stream, said, rateHz);
			listened.stream.pause();
			await listened.until('final: We begin.');
			listened.stream.finish();
			expect(await listened.ended()).toBeNull();
			expect(listened.said.filter((line) => !line.startsWith('interim'))).toEqual([
				'ready',
				'final: Good morning, everyone.',
				'utterance-end',
				'final: We begin.',
				'utterance-end',
				'ended: as asked'
			]);
		});

		it('says the tail when it is asked to finish in mid-speech', async () => {
			const listened = start(await serve());
			await listened.until('ready');
			speak(listened.stream, said, rateHz);
			listened.stream.finish();
			expect(await listened.ended()).toBeNull();
			expect(listened.said).toContain('final: Good morning, everyone.');
		});

		it('finishes at once when nothing was said, and only once', async () => {
			const listened = start(await serve());
			await listened.until('ready');
			listened.stream.finish();
			listened.stream.finish();
			expect(await listened.ended()).toBeNull();
			listened.stream.close();
			listened.stream.write(said);
			listened.stream.pause();
			expect(listened.ends).toEqual([null]);
		});

		it('sends all sound that was spoken while the server was slow to let it in', async () => {
			const admission = deferred<undefined>();
			const fake = await serve({ admission: admission.promise });
			const listened = start(fake);
			speak(listened.stream, said, rateHz);
			listened.stream.pause();
			if (under.streams) expect(listened.said).toEqual([]);
			admission.resolve(undefined);
			await listened.until('final: Good morning, everyone.');
			expect(fake.heardBytes()).toBeGreaterThanOrEqual(said.length);
		});

		it.runIf(under.streams)('keeps ten seconds of sound while nobody lets it in', async () => {
			const admission = deferred<undefined>();
			const fake = await serve({ admission: admission.promise });
			const listened = start(fake);
			for (let i = 0; i < 30; i++) listened.stream.write(speech(1_000, rateHz));
			admission.resolve(undefined);
			await listened.until('ready');
			listened.stream.finish();
			await listened.ended();
			const limit = (BACKLOG_MS / 1000) * rateHz * 2;
			expect(fake.heardBytes()).toBeLessThanOrEqual(limit);
			expect(fake.heardBytes()).toBeGreaterThan(limit * 0.8);
		});

		it('says that a key is missing without asking anybody', async () => {
			const listened = listen(provider, {
				language: 'en',
				model: 'm',
				key: null,
				server: null,
				hints: []
			});
			expect(await listened.ended()).toMatchObject({ code: 'key_missing' });
			expect(listened.said).toEqual(['ended: key_missing']);
		});

		it('says that a wrong key is refused', async () => {
			const listened = start(await serve(), { key: 'wrong-key' });
			speak(listened.stream, said, rateHz);
			listened.stream.pause();
			expect(await listened.ended()).toMatchObject({ code: 'key_refused' });
			expect(listened.ends[0]?.detail).not.toContain('wrong-key');
		});

		const mishaps = Object.entries(under.faults) as [Mishap, CaptionFaultCode][];
		it.each(mishaps)('calls %s %s, once, and says nothing after it', async (mishap, code) => {
			const listened = start(await serve({ mishap }));
			speak(listened.stream, said, rateHz);
			if (!under.streams) listened.stream.pause();
			expect(await listened.ended()).toMatchObject({ code });
			listened.stream.write(said);
			listened.stream.finish();
			expect(listened.said.at(-1)).toBe(`ended: ${code}`);
			expect(listened.ends).toHaveLength(1);
		});

		it('ends in time though the server never does', async () => {
			const listened = start(await serve({ mishap: 'never-ends' }));
			await listened.until('ready');
			speak(listened.stream, said, rateHz);
			listened.stream.finish();
			expect(await listened.ended()).toBeNull();
		});

		it('says that nobody is there', async () => {
			const server = under.nowhere(await freePort());
			const listened = listen(provider, { language: 'en', model: '', key: 'k', server, hints: [] });
			streams.push(listened);
			speak(listened.stream, said, rateHz);
			listened.stream.pause();
			await eventually('an end', () => listened.ends.length > 0, { withinMs: 15_000 });
			expect(listened.ends).toMatchObject([{ code: 'provider_unreachable' }]);
		});

		it('is silent after it was closed', async () => {
			const fake = await serve();
			const listened = start(fake);
			await listened.until('ready');
			listened.stream.close();
			speak(listened.stream, said, rateHz);
			expect(listened.said).toEqual(['ready', 'ended: as asked']);
		});
	});
}
