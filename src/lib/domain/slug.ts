import { isSlug, SLUG_MAX_LENGTH } from './media-path.ts';
import { ok, refuse, type Result } from './result.ts';

/** Addresses of pages that stand beside the events at the desk; an event of that name could not be opened. */
const RESERVED: readonly string[] = ['new', 'import', 'deleted'];

/** Letters that do not come apart into a letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
	ß: 'ss',
	æ: 'ae',
	œ: 'oe',
	ø: 'o',
	đ: 'd',
	ð: 'd',
	þ: 'th',
	ł: 'l',
	ı: 'i'
};

/**
 * A slug for a name: `Année Générale 2026` → `annee-generale-2026`.
 *
 * @returns null when nothing of the name can stand in an address (`قاعة`)
 */
export function slugFrom(name: string): string | null {
	const plain = name
		.toLowerCase()
		.replace(/[ßæœøđðþłı]/g, (letter) => LETTERS[letter] ?? letter)
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[^a-z0-9]+/g, '-')
		.slice(0, SLUG_MAX_LENGTH)
		.replace(/^-+|-+$/g, '');
	return plain === '' ? null : plain;
}

/** The `n`th try for a slug that is taken: `pycon`, `pycon-2`, `pycon-3`; never longer than a slug may be. */
export function numberedSlug(slug: string, n: number): string {
	if (n === 1) return slug;
	const end = `-${n}`;
	return slug.slice(0, SLUG_MAX_LENGTH - end.length).replace(/-+$/, '') + end;
}

/** A slug as a person typed it, in canonical form: trimmed, lower case. */
export function parseSlug(text: string): Result<string, 'slug_invalid' | 'slug_reserved'> {
	const slug = text.trim().toLowerCase();
	if (!isSlug(slug))
		return refuse(
			'slug_invalid',
			`"${text}" is no address: use a–z, 0–9 and single hyphens between them, at most 64 characters.`
		);
	if (RESERVED.includes(slug))
		return refuse('slug_reserved', `The address "${slug}" is taken by a page.`);
	return ok(slug);
}

export function isReservedSlug(slug: string): boolean {
	return RESERVED.includes(slug);
}
