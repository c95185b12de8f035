import type { StandIn } from '#lib/domain/listening/heard.ts';
import type { ReadTicket } from '#lib/protocol/booth.ts';
import type { ListenSnapshot } from '#lib/protocol/listen.ts';
import type { EventSchedule } from '#lib/protocol/schedule.ts';

/**
 * What the phone remembers between visits, per event: choices of this listener, and the last that was known of
 * the event, for the shell that opens without a network. Nothing here identifies a person.
 */
export type Choices = {
	readonly language: string | null;
	/** Slug of the room, null for the main room. */
	readonly room: string | null;
	/** 0–1 */
	readonly volume: number;
	readonly standIn: StandIn;
	/** How loud the floor is underneath an interpretation, 0–1; 0 for not at all. */
	readonly underLevel: number;
	/** Added to the delay the organiser set for the room, ms; may be negative. */
	readonly fineDelayMs: number;
	/** No sound is fetched. */
	readonly captionsOnly: boolean;
	/** On until somebody switches them off. */
	readonly captions: boolean;
};

export const FIRST_CHOICES: Choices = {
	language: null,
	room: null,
	volume: 1,
	standIn: 'floor',
	underLevel: 0,
	fineDelayMs: 0,
	captionsOnly: false,
	captions: true
};

export type Known = {
	readonly snapshot: ListenSnapshot;
	/** Opens the media server while the portal is away, as long as it is valid. */
	readonly ticket: ReadTicket | null;
	/** When it was learnt, epoch ms of this phone. */
	readonly at: number;
};

const CHOICES = 'voxbento.listen.choices.';
const KNOWN = 'voxbento.listen.known.';
const PROGRAMME = 'voxbento.listen.programme.';

export function recallChoices(event: string): Choices {
	const stored = read<Record<string, unknown>>(CHOICES + event) ?? {};
	const between = (value: unknown, least: number, most: number, otherwise: number) =>
		typeof value === 'number' && value >= least && value <= most ? value : otherwise;
	const text = (value: unknown) => (typeof value === 'string' ? value : null);
	return {
		language: text(stored['language']),
		room: text(stored['room']),
		volume: between(stored['volume'], 0, 1, 1),
		standIn: stored['standIn'] === 'silence' ? 'silence' : 'floor',
		underLevel: between(stored['underLevel'], 0, 1, 0),
		fineDelayMs: between(stored['fineDelayMs'], -10_000, 10_000, 0),
		captionsOnly: stored['captionsOnly'] === true,
		captions: stored['captions'] !== false
	};
}

export function rememberChoices(event: string, choices: Choices): void {
	write(CHOICES + event, choices);
}

export function recallKnown(event: string): Known | null {
	const stored = read<Partial<Known>>(KNOWN + event);
	if (!stored?.snapshot?.channels || typeof stored.at !== 'number') return null;
	return { snapshot: stored.snapshot, ticket: stored.ticket ?? null, at: stored.at };
}

export function rememberKnown(event: string, known: Known): void {
	write(KNOWN + event, known);
}

export function recallProgramme(event: string): EventSchedule | null {
	const stored = read<Partial<EventSchedule>>(PROGRAMME + event);
	if (!Array.isArray(stored?.sessions) || typeof stored.timeZone !== 'string') return null;
	// The phone's clock stands in for the server's, which cannot be asked.
	return { sessions: stored.sessions, timeZone: stored.timeZone, serverNow: Date.now() };
}

export function rememberProgramme(event: string, programme: EventSchedule): void {
	write(PROGRAMME + event, programme);
}

/** Events this phone has listened to, the latest first. */
export function knownEvents(): { slug: string; name: string }[] {
	try {
		return Object.keys(localStorage)
			.filter((key) => key.startsWith(KNOWN))
			.map((key) => recallKnown(key.slice(KNOWN.length)))
			.filter((known) => known !== null)
			.sort((a, b) => b.at - a.at)
			.map(({ snapshot }) => snapshot.event);
	} catch {
		return []; // storage is off
	}
}

/** Access was withdrawn: nothing of the event stays behind. */
export function forgetKnown(event: string): void {
	try {
		localStorage.removeItem(KNOWN + event);
		localStorage.removeItem(PROGRAMME + event);
	} catch {
		// Storage is off: nothing was kept.
	}
}

function read<T>(key: string): T | null {
	try {
		return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
	} catch {
		return null; // storage is off in this browser, or holds something else
	}
}

function write(key: string, value: unknown): void {
	try {
		localStorage.setItem(key, JSON.stringify(value));
	} catch {
		// Storage is off or full: the next visit starts afresh.
	}
}
