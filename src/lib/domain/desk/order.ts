/** How urgent a booth is, so that the eye finds it: troubled first, then who is on air, then the rest. */
export type Ranked = {
	readonly room: string;
	readonly alerts: readonly string[];
	readonly booth: number;
};

/** Sorted by room, troubled ones first in each; otherwise as they came, so that cards do not wander. */
export function inDeskOrder<T extends Ranked>(
	booths: readonly T[],
	rooms: readonly { readonly slug: string }[]
): readonly T[] {
	const place = new Map(rooms.map(({ slug }, n) => [slug, n]));
	const rank = ({ room, alerts }: T) => [
		place.get(room) ?? rooms.length,
		alerts.length > 0 ? 0 : 1
	];
	return [...booths].sort((a, b) => {
		const [roomA = 0, troubleA = 0] = rank(a);
		const [roomB = 0, troubleB = 0] = rank(b);
		return roomA - roomB || troubleA - troubleB;
	});
}
