import type { CaptionFinal, CaptionsCaughtUp } from '#lib/protocol/captions.ts';

/**
 * Every caption this phone received, for reading without a network: in IndexedDB, bounded, and cleaned. Nothing in
 * it says who read it. Where storage is off (private windows) nothing is kept and nothing fails.
 */
export type KeptCaption = Pick<
	CaptionFinal,
	'channel' | 'seq' | 'language' | 'version' | 'text' | 'startedAt' | 'speaker'
> & {
	readonly event: string;
	/** What was said itself is the empty track; a machine's translation is the one of its language. */
	readonly track: string;
};

const DATABASE = 'voxbento-captions';
const STORE = 'captions';
/** Some three days of talk; more than this of one event and the oldest go. */
export const MOST_PER_EVENT = 10_000;
const KEPT_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** How much of a gap is asked for, pages of the portal. */
const MOST_PAGES = 10;

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
	opening ??= new Promise((resolve, reject) => {
		const request = indexedDB.open(DATABASE, 1);
		request.onupgradeneeded = () => {
			const store = request.result.createObjectStore(STORE, {
				keyPath: ['event', 'channel', 'track', 'seq']
			});
			store.createIndex('event', ['event', 'startedAt']);
			store.createIndex('startedAt', 'startedAt');
		};
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('no storage'));
	});
	return opening;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('storage failed'));
	});
}

const ofEvent = (event: string) => IDBKeyRange.bound([event], [event, []]);

/** What is kept of an event, oldest first; empty where nothing can be kept. */
export async function keptCaptions(event: string): Promise<KeptCaption[]> {
	try {
		const store = (await open()).transaction(STORE).objectStore(STORE);
		return await settled<KeptCaption[]>(store.index('event').getAll(ofEvent(event)));
	} catch {
		return [];
	}
}

/** Stores captions by `seq`, so that none is there twice; a correction takes the place of what it corrects. */
async function store(event: string, finals: readonly CaptionFinal[]): Promise<void> {
	const transaction = (await open()).transaction(STORE, 'readwrite');
	const kept = transaction.objectStore(STORE);
	for (const final of finals) {
		const { channel, seq, language, version, text, startedAt, speaker } = final;
		const track = trackOf(final);
		const before = await settled<KeptCaption | undefined>(kept.get([event, channel, track, seq]));
		if (before && before.version >= version) continue;
		kept.put({ event, channel, track, seq, language, version, text, startedAt, speaker });
	}
	await new Promise<void>((resolve, reject) => {
		transaction.oncomplete = () => resolve();
		transaction.onabort = () => reject(transaction.error ?? new Error('not stored'));
	});
}

async function lastSeq(event: string, channel: number, track: string): Promise<number> {
	const kept = (await open()).transaction(STORE).objectStore(STORE);
	const range = IDBKeyRange.bound([event, channel, track], [event, channel, track, []]);
	const cursor = await settled(kept.openKeyCursor(range, 'prev'));
	const key = cursor?.primaryKey;
	return Array.isArray(key) ? Number(key[3]) : 0;
}

async function clean(event: string, now: number): Promise<void> {
	const kept = (await open()).transaction(STORE, 'readwrite').objectStore(STORE);
	const old = IDBKeyRange.upperBound(now - KEPT_DAYS * DAY_MS);
	for (const key of await settled(kept.index('startedAt').getAllKeys(old))) kept.delete(key);
	const keys = await settled(kept.index('event').getAllKeys(ofEvent(event)));
	for (const key of keys.slice(0, Math.max(0, keys.length - MOST_PER_EVENT))) kept.delete(key);
}

/** Nothing of the event stays behind. */
export async function forgetCaptions(event: string): Promise<void> {
	try {
		const kept = (await open()).transaction(STORE, 'readwrite').objectStore(STORE);
		for (const key of await settled(kept.index('event').getAllKeys(ofEvent(event))))
			kept.delete(key);
	} catch {
		// Storage is off: nothing was kept.
	}
}

/** Channels whose gap since the last visit was looked after on this page. */
const filled = new Set<string>();
const trackOf = ({ machine, language }: CaptionFinal) => (machine ? language : '');
let last: Promise<void> = Promise.resolve();

/** Keeps what a page shows, and asks for what was said since this phone read the channel last. */
export function keepCaptions(event: string, finals: readonly CaptionFinal[]): Promise<void> {
	last = last.then(() => keep(event, finals)).catch(() => undefined);
	return last;
}

async function keep(event: string, finals: readonly CaptionFinal[]): Promise<void> {
	const [first] = finals;
	if (!first) return;
	const track = trackOf(first);
	const about = `${first.channel}/${track}`;
	if (!filled.has(about)) {
		filled.add(about);
		await clean(event, Date.now());
		const known = await lastSeq(event, first.channel, track);
		if (known > 0 && known + 1 < first.seq) await fill(event, first, known);
	}
	await store(event, finals);
}

/** What was said between `from` and the first caption of this visit. */
async function fill(event: string, first: CaptionFinal, from: number): Promise<void> {
	const { channel, seq: to } = first;
	const track = trackOf(first);
	const language = track === '' ? '' : `&language=${encodeURIComponent(track)}`;
	const url = `/api/events/${encodeURIComponent(event)}/captions?channel=${channel}${language}`;
	let seq = from;
	for (let page = 0; page < MOST_PAGES && seq + 1 < to; page++) {
		const response = await fetch(`${url}&seq=${seq}`, { cache: 'no-store' });
		if (!response.ok) return;
		const { finals, more } = (await response.json()) as CaptionsCaughtUp;
		await store(event, finals);
		seq = finals.at(-1)?.seq ?? to;
		if (!more) return;
	}
}
