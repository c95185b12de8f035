import { describe, expect, it } from 'vitest';
import { createSecretBox } from './secret-box.ts';

const OLD = 'old-secret-old-secret-old-secret-00';
const NEW = 'new-secret-new-secret-new-secret-00';

describe('secret box', () => {
	it('opens what it sealed, and never seals twice alike', () => {
		const box = createSecretBox([OLD]);
		const sealed = box.seal('clé privée 🔑', 'signing-key');
		expect(box.open(sealed, 'signing-key')).toEqual({ ok: true, value: 'clé privée 🔑' });
		expect(box.seal('clé privée 🔑', 'signing-key')).not.toBe(sealed);
		expect(sealed).not.toContain('priv');
	});

	it('opens with every key of the list and seals with the first', () => {
		const sealedBefore = createSecretBox([OLD]).seal('s', 'p');
		const rotated = createSecretBox([NEW, OLD]);
		expect(rotated.open(sealedBefore, 'p')).toEqual({ ok: true, value: 's' });
		expect(createSecretBox([OLD]).open(rotated.seal('s', 'p'), 'p').ok).toBe(false);
		expect(createSecretBox([NEW]).open(rotated.seal('s', 'p'), 'p').ok).toBe(true);
	});

	it('refuses another purpose, another key and anything changed', () => {
		const box = createSecretBox([OLD]);
		const sealed = box.seal('secret', 'signing-key');
		const [version, iv, text, tag] = sealed.split('.');
		const shortTag = Buffer.from(tag ?? '', 'base64url')
			.subarray(0, 4)
			.toString('base64url');
		const wrong = [
			box.open(sealed, 'provider-key'),
			createSecretBox([NEW]).open(sealed, 'signing-key'),
			...[
				'',
				'v1',
				`v2.${iv}.${text}.${tag}`,
				`${version}.${iv}.${tag}.${text}`,
				`${version}.${iv}.${text}.${shortTag}`,
				`${version}.${iv}.AAAA${text}.${tag}`
			].map((each) => box.open(each, 'signing-key'))
		];
		for (const answer of wrong)
			expect(answer).toMatchObject({ ok: false, error: { code: 'cannot_decrypt' } });
	});
});
