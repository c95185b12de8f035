import type { ReadTicket } from '#lib/protocol/booth.ts';
import type { ListenSnapshot } from '#lib/protocol/listen.ts';

/**
 * What the phone remembers between visits, per event: choices of this listener, and the last that was known of
 * the event, for the shell that opens without a network. Nothing here identifies a person.
 */
export type Choices = {
	readonly language: string | null;
	readonly volume: number;
	/** On until somebody switches them off. */
	readonly captions: boolean;
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

export function recallChoices(event: string): Choices {
	const stored = read<Partial<Choices>>(CHOICES + event);
	const volume = stored?.volume;
	return {
		language: typeof stored?.language === 'string' ? stored.language : null,
		volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : 1,
		captions: stored?.captions !== false
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
