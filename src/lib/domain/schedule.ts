/** The programme of a room as everybody sees it. Times are epoch ms. */
export type ScheduleSession = {
	readonly id: number;
	/** Slug of the room; null for the main room, as in channels. */
	readonly room: string | null;
	readonly startsAt: number;
	readonly endsAt: number;
	readonly title: string;
	readonly description: string;
	readonly speakers: string;
	/** Names by language code. */
	readonly interpreters: Readonly<Record<string, string>>;
};

/** What the schedule says is on in a room at a moment, and what comes next there. */
export type OnNow = { readonly now: ScheduleSession | null; readonly next: ScheduleSession | null };

/** Of two that overlap the later one is on: its speaker has begun. */
export function onNow(
	sessions: readonly ScheduleSession[],
	room: string | null,
	at: number
): OnNow {
	const here = sessions
		.filter((session) => session.room === room && session.endsAt > at)
		.sort((a, b) => a.startsAt - b.startsAt);
	return {
		now: here.filter(({ startsAt }) => startsAt <= at).at(-1) ?? null,
		next: here.find(({ startsAt }) => startsAt > at) ?? null
	};
}

/** What cannot both be true of two sessions. */
export type Clash = {
	readonly kind: 'same-room' | 'same-interpreter';
	readonly first: number;
	readonly second: number;
	/** Whom a `same-interpreter` clash is about, as written. */
	readonly name: string | null;
};

/** Sessions of one room at one time, and people who would interpret in two rooms at once. */
export function clashes(sessions: readonly ScheduleSession[]): Clash[] {
	const inOrder = [...sessions].sort((a, b) => a.startsAt - b.startsAt || a.id - b.id);
	return inOrder.flatMap((first, index) =>
		inOrder
			.slice(index + 1)
			.filter((second) => second.startsAt < first.endsAt)
			.flatMap((second): Clash[] => {
				if (first.room === second.room)
					return [{ kind: 'same-room', first: first.id, second: second.id, name: null }];
				const busy = new Map(peopleOf(first).map((name) => [name.toLowerCase(), name]));
				return peopleOf(second)
					.filter((name) => busy.has(name.toLowerCase()))
					.map((name) => ({
						kind: 'same-interpreter',
						first: first.id,
						second: second.id,
						name
					}));
			})
	);
}

function peopleOf({ interpreters }: ScheduleSession): string[] {
	return Object.values(interpreters)
		.flatMap((names) => names.split(/[,;&/\n]+/))
		.map((name) => name.trim())
		.filter((name) => name !== '');
}
