/**
 * The channel to offer first: the one asked for, else the first of the reader's languages that has a booth
 * (exactly, then by its primary subtag, RFC 4647 §3.4), else null.
 *
 * @param offered language codes of the room, without the floor
 * @param wanted language tags, most wanted first
 */
export function guessLanguage<L extends string>(
	offered: readonly L[],
	wanted: readonly string[]
): L | null {
	const primary = (tag: string) => tag.toLowerCase().split('-')[0];
	for (const tag of wanted) {
		const exact = offered.find((code) => code.toLowerCase() === tag.toLowerCase());
		const near = exact ?? offered.find((code) => primary(code) === primary(tag));
		if (near !== undefined) return near;
	}
	return null;
}
