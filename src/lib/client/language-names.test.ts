import { expect, test } from 'vitest';
import { isolated, languageNames } from './language-names.ts';

test('a language has its own name and the reader’s', () => {
	expect(languageNames('fr', 'en')).toEqual({ own: 'Français', reader: 'French', dir: 'ltr' });
	expect(languageNames('de', 'ar').reader).toBe('الألمانية');
});

test('regional variants are told apart', () => {
	expect(languageNames('pt-BR', 'en').reader).not.toBe(languageNames('pt', 'en').reader);
});

test('right-to-left languages say so', () => {
	expect(languageNames('ar', 'en')).toMatchObject({ own: 'العربية', dir: 'rtl' });
});

test('a sign language goes by the name its own people write', () => {
	expect(languageNames('gsg', 'en').reader).toBe('Deutsche Gebärdensprache (DGS)');
	expect(languageNames('ase', 'de').reader).toBe('Amerikanische Gebärdensprache');
});

test('what no table knows is shown as it is', () => {
	expect(languageNames('qaa', 'en').reader).toBe('Qaa');
	expect(languageNames('not a tag', 'en').own).toBe('not a tag');
});

test('a name is isolated only in a sentence that runs the other way', () => {
	expect(isolated('Deutsch', 'de', 'en')).toBe('Deutsch');
	expect(isolated('Original', 'floor', 'ar')).toBe('Original');
	expect(isolated('العربية', 'ar', 'en')).toHaveLength('العربية'.length + 2);
	expect(isolated('Português (Brasil)', 'pt-BR', 'ar').codePointAt(0)).toBe(0x2068);
});
