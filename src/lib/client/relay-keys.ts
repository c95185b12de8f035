import type { RelayOption } from '#lib/protocol/booth.ts';

/** The three source keys of a console, as on a desk: each holds the floor or one booth of the room. */
export type SourceKey =
	{ readonly kind: 'floor' } | { readonly kind: 'booth'; readonly booth: number };

export const FLOOR_KEY: SourceKey = { kind: 'floor' };
export const SOURCE_KEYS = 3;

/** What was kept, filled up: the floor first, then the booths in their order. What is gone is left out. */
export function sourceKeys(
	kept: readonly (number | null)[],
	options: readonly RelayOption[]
): readonly SourceKey[] {
	const known = options.map(({ booth }) => booth);
	const chosen = kept
		.slice(0, SOURCE_KEYS)
		.filter((booth) => booth === null || known.includes(booth));
	const rest = [null, ...known].filter((booth) => !chosen.includes(booth));
	return [...chosen, ...rest]
		.slice(0, SOURCE_KEYS)
		.map((booth) => (booth === null ? FLOOR_KEY : { kind: 'booth', booth }));
}

/** Whether the booth that is listened to can still be: it speaks, and does not depend on this booth. */
export function canRelay(option: RelayOption | undefined): boolean {
	return option !== undefined && option.air === 'on' && option.allowed;
}

export function rememberedKeys(memoryKey: string): readonly (number | null)[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(memoryKey) ?? '[]');
		if (!Array.isArray(kept)) return [];
		return kept.filter((one): one is number | null => one === null || typeof one === 'number');
	} catch {
		return [];
	}
}

export function rememberKeys(memoryKey: string, keys: readonly SourceKey[]): void {
	try {
		const kept = keys.map((key) => (key.kind === 'floor' ? null : key.booth));
		localStorage.setItem(memoryKey, JSON.stringify(kept));
	} catch {
		// Private mode: set again next time.
	}
}
