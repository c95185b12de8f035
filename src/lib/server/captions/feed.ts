import { boothId, type BoothId } from '#lib/domain/ids.ts';
import type { CaptionFinal, CaptionPartial } from '#lib/protocol/captions.ts';
import type { Log } from '../log.ts';
import type { BetweenPortals, Word } from './between-portals.ts';
import type { Finals } from './finals.ts';

/** A guess that nobody replaced for so long is none any more. */
const PARTIAL_MAX_AGE_MS = 15_000;

/** Captions of all channels as they come in, whichever portal took them from a worker. */
export type Feed = {
	onPartial(listener: (partial: CaptionPartial) => void): () => void;
	/** Finals of a channel in the order of `seq`, each once; then corrections and translations. */
	onFinal(listener: (final: CaptionFinal) => void): () => void;
	/** What is being said in a channel now. */
	partial(booth: BoothId): CaptionPartial | null;
	/** A guess that came to this portal. */
	takePartial(partial: CaptionPartial): void;
	/** A final was stored; everything up to it is told. */
	takeFinal(booth: BoothId, seq: number): void;
	/** A stored final was corrected: its new text is told, here and at the other portals. */
	corrected(booth: BoothId, seq: number): Promise<void>;
	/** A translation of a stored final; whoever calls has stored it. */
	translated(final: CaptionFinal): void;
	/** What another portal said; false when it is none of the feed's business. */
	hear(word: Word): boolean;
	/** Learns where every channel stands; call it once, before anything is told. */
	start(): Promise<void>;
	/** Tells what nobody said was stored. */
	catchUp(): Promise<void>;
	/** Resolves when what was asked for has been told. */
	idle(): Promise<void>;
};

export function createFeed({
	finals,
	portals,
	log,
	now
}: {
	finals: Finals;
	portals: Pick<BetweenPortals, 'say'>;
	log: Log;
	now: () => number;
}): Feed {
	const partialListeners = new Set<(partial: CaptionPartial) => void>();
	const finalListeners = new Set<(final: CaptionFinal) => void>();
	const partials = new Map<BoothId, { partial: CaptionPartial; at: number }>();
	/** The newest `seq` that was told. */
	const told = new Map<BoothId, number>();
	/** Tells one channel's finals one after the other. */
	const telling = new Map<BoothId, { upTo: number; work: Promise<void> }>();

	function tell<T>(listeners: ReadonlySet<(item: T) => void>, item: T): void {
		for (const listener of listeners)
			try {
				listener(item);
			} catch (error) {
				log.error({ err: error }, 'a listener to captions failed');
			}
	}

	function show(partial: CaptionPartial): void {
		partials.set(boothId(partial.channel), { partial, at: now() });
		tell(partialListeners, partial);
	}

	function tellUpTo(booth: BoothId, seq: number): void {
		if (seq <= (told.get(booth) ?? 0)) return;
		const running = telling.get(booth);
		if (running !== undefined) {
			running.upTo = Math.max(running.upTo, seq);
			return;
		}
		const turn = { upTo: seq, work: Promise.resolve() };
		telling.set(booth, turn);
		turn.work = catchUpOne(booth, turn)
			.catch((error: unknown) =>
				log.error({ err: error, booth }, 'captions not told; trying again')
			)
			.finally(() => telling.delete(booth));
	}

	async function catchUpOne(booth: BoothId, turn: { readonly upTo: number }): Promise<void> {
		for (;;) {
			const from = told.get(booth) ?? 0;
			if (from >= turn.upTo) return;
			const { finals: next } = await finals.since(booth, from);
			// Deleted before it could be told, as an organiser may.
			if (next.length === 0) told.set(booth, turn.upTo);
			for (const final of next) {
				told.set(booth, final.seq);
				if (partials.get(booth)?.partial.utterance === final.id) partials.delete(booth);
				tell(finalListeners, final);
			}
		}
	}

	async function tellAgain(booth: BoothId, seq: number): Promise<void> {
		const final = await finals.one(booth, seq);
		if (final !== null) tell(finalListeners, final);
	}

	return {
		onPartial(listener) {
			partialListeners.add(listener);
			return () => partialListeners.delete(listener);
		},
		onFinal(listener) {
			finalListeners.add(listener);
			return () => finalListeners.delete(listener);
		},
		partial(booth) {
			const known = partials.get(booth);
			return known === undefined || now() - known.at > PARTIAL_MAX_AGE_MS ? null : known.partial;
		},
		takePartial(partial) {
			show(partial);
			portals.say({ kind: 'partial', partial });
		},
		takeFinal: tellUpTo,
		async corrected(booth, seq) {
			portals.say({ kind: 'corrected', booth, seq });
			await tellAgain(booth, seq);
		},
		translated(final) {
			portals.say({ kind: 'translated', final });
			tell(finalListeners, final);
		},
		hear(word) {
			switch (word.kind) {
				case 'partial':
					show(word.partial);
					return true;
				case 'final':
					tellUpTo(word.booth, word.seq);
					return true;
				case 'corrected':
					tellAgain(word.booth, word.seq).catch((error: unknown) =>
						log.error({ err: error }, 'a correction was not told')
					);
					return true;
				case 'translated':
					tell(finalListeners, word.final);
					return true;
				case 'session':
				case 'hello':
					return false;
			}
		},
		async start() {
			for (const [booth, seq] of await finals.counts()) told.set(booth, seq);
		},
		async catchUp() {
			for (const [booth, seq] of await finals.counts()) tellUpTo(booth, seq);
		},
		async idle() {
			await Promise.all([...telling.values()].map(({ work }) => work));
		}
	};
}
