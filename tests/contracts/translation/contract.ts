import { afterEach, describe, expect, it } from 'vitest';
import type { TranslationFault } from '#lib/domain/captions/translation.ts';
import type { TranslationProvider, TranslationRequest } from '#lib/server/translation/port.ts';
import {
	translated,
	type TranslationFake,
	type TranslationMishap
} from '../../fakes/translation/fake.ts';
import { freePort } from '../../support/free-port.ts';

export type TranslatorUnderTest = {
	readonly provider: TranslationProvider;
	serve(): Promise<TranslationFake>;
	/** Set where the service needs one. */
	readonly model: string;
	/** How the fake calls German, English of Britain and Brazilian Portuguese. */
	readonly codes: Readonly<Record<'de' | 'en-GB' | 'pt-BR', string>>;
	/** What each mishap is called; one that the vendor does not have is left out. */
	readonly faults: Partial<Record<TranslationMishap, TranslationFault>>;
};

const HELLO: TranslationRequest = {
	text: 'Good morning, <everyone> & all.',
	source: 'en',
	target: 'de',
	context: [],
	glossary: []
};

/** What every adapter does, whatever vendor stands behind it. */
export function describeTranslator(under: TranslatorUnderTest): void {
	const { provider, model } = under;
	const open: TranslationFake[] = [];

	afterEach(async () => {
		const violations = open.flatMap((fake) => [...fake.violations]);
		await Promise.all(open.splice(0).map((fake) => fake.close()));
		expect(violations).toEqual([]);
	});

	const serve = async (mishap: TranslationMishap = 'none'): Promise<TranslationFake> => {
		const fake = await under.serve();
		fake.mishap = mishap;
		open.push(fake);
		return fake;
	};
	const translate = (
		{ server, key }: { server: string; key: string },
		request: Partial<TranslationRequest> = {},
		signal: AbortSignal = AbortSignal.timeout(5_000)
	) => provider.translate({ server, key, model }, { ...HELLO, ...request }, signal);

	describe(`the ${provider.name} translator`, () => {
		it('answers with the text, marks and all', async () => {
			expect(await translate(await serve())).toEqual({
				ok: true,
				value: translated(HELLO.text, under.codes.de)
			});
		});

		it.each(['en-GB', 'pt-BR'] as const)('names %s as the vendor does', async (target) => {
			expect(await translate(await serve(), { target, source: 'fr' })).toEqual({
				ok: true,
				value: translated(HELLO.text, under.codes[target])
			});
		});

		it('finds out what is spoken when nobody said, and takes what was said before', async () => {
			const answer = await translate(await serve(), { source: null, context: ['Hello.', 'Yes.'] });
			expect(answer.ok).toBe(true);
		});

		const mishaps = Object.entries(under.faults) as [TranslationMishap, TranslationFault][];
		it.each(mishaps)('calls %s %s, and never says the key or the text', async (mishap, code) => {
			const answer = await translate(await serve(mishap));
			expect(answer).toMatchObject({ ok: false, error: { code } });
			if (!answer.ok) {
				expect(answer.error.message).not.toContain('everyone');
				expect(answer.error.message).not.toContain('key-that');
			}
		});

		it('says that the key is refused', async () => {
			const { server } = await serve();
			expect(await translate({ server, key: 'wrong' })).toMatchObject({
				error: { code: 'key_refused' }
			});
		});

		it('says that nobody is there', async () => {
			const server = `http://127.0.0.1:${await freePort()}`;
			expect(await translate({ server, key: 'k' })).toMatchObject({
				error: { code: 'provider_unreachable' }
			});
		});

		it('gives up when it is told to', async () => {
			const fake = await serve('silence');
			expect(await translate(fake, {}, AbortSignal.timeout(200))).toMatchObject({
				error: { code: 'provider_unreachable' }
			});
		});
	});
}

/** What no vendor has words of its own for. */
export const COMMON_FAULTS = {
	'rate-limit': 'rate_limited',
	'bad-settings': 'settings_refused',
	'server-error': 'provider_unreachable',
	garbage: 'provider_broke_protocol',
	cut: 'provider_unreachable',
	redirect: 'provider_unreachable'
} as const;
