import { expect, test } from 'vitest';
import { parseLanguage } from './language.ts';
import { SIGN_LANGUAGES, SPOKEN_LANGUAGES } from './offered-languages.ts';

test('every offered code is canonical and offered once', () => {
	const codes = [...SPOKEN_LANGUAGES, ...SIGN_LANGUAGES.map(({ code }) => code)];
	expect(new Set(codes).size).toBe(codes.length);
	for (const code of codes) expect(parseLanguage(code)).toEqual({ ok: true, value: code });
});

test('regional variants and sign languages are among them', () => {
	expect(SPOKEN_LANGUAGES).toEqual(expect.arrayContaining(['pt-BR', 'zh-Hant', 'es-419']));
	expect(SIGN_LANGUAGES.map(({ code }) => code)).toEqual(expect.arrayContaining(['gsg', 'ils']));
});
