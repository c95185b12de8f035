/** The same view of the record, read on from another entry; null: from the newest. */
export function readOnFrom(query: URLSearchParams, before: number | null): string {
	const to = new URLSearchParams(query);
	to.delete('before');
	if (before !== null) to.set('before', String(before));
	return `?${to.toString()}`;
}
