/** An address with parameters; what is null is left out. */
export function withParameters(
	path: string,
	parameters: Readonly<Record<string, string | number | null>>,
	hash = ''
): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters))
		if (value !== null) query.set(name, String(value));
	const text = query.toString();
	return `${path}${text === '' ? '' : `?${text}`}${hash}`;
}
