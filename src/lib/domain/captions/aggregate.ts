import { cutPlace, type CutLimits } from './cut.ts';
import type { CaptionEvent, Fragment } from './fragment.ts';
import { alreadyTaken, commonPrefix, steadied } from './steady.ts';
import { sentenceEnds } from './sentences.ts';
import { joined, tidy, tokens, width } from './writing.ts';

/**
 * Makes captions of a provider's fragments. The utterances that come out are captions of a readable size: a
 * provider's utterance, or where that grows too long a part of it. Each ends in exactly one final, and the
 * finals one after the other are what the provider committed, nothing left out and nothing twice.
 */
export type Aggregator = {
	readonly utterance: number;
	readonly revision: number;
	/** Text of this utterance that the provider has committed. */
	readonly committed: string;
	/** The provider's guess after that, without what a cut has taken from it. */
	readonly tail: string;
	/** The guess before, likewise. */
	readonly previousTail: string;
	/** Tokens of the provider's present guess that are in finals already. */
	readonly taken: readonly string[];
	/** Tokens on the readers' screens, and of the text that would have been shown without steadying. */
	readonly shown: readonly string[];
	readonly candidate: readonly string[];
	readonly startedAt: number | null;
	readonly endedAt: number;
};

export type AggregateSettings = { readonly language: string; readonly limits: CutLimits };

/** A caption of about two subtitle lines reads well; five lines or 15 s without a final do not. */
export const CAPTION_LIMITS: CutLimits = {
	softWidth: 60,
	hardWidth: 210,
	minWidth: 20,
	maxDurationMs: 15_000
};

export const NO_CAPTIONS: Aggregator = {
	utterance: 1,
	revision: 0,
	committed: '',
	tail: '',
	previousTail: '',
	taken: [],
	shown: [],
	candidate: [],
	startedAt: null,
	endedAt: 0
};

export type Aggregated = {
	readonly state: Aggregator;
	readonly events: readonly CaptionEvent[];
};

/**
 * @param at when the fragment came, on the clock of its own times; stands in for times it does not carry
 */
export function aggregate(
	before: Aggregator,
	fragment: Fragment,
	at: number,
	settings: AggregateSettings
): Aggregated {
	const events: CaptionEvent[] = [];
	let state = heard(before, fragment, at, settings);
	let cut = nextCut(state, fragment, at, settings);
	while (cut !== null) {
		state = finalised(state, cut, events);
		cut = nextCut(state, fragment, at, settings);
	}
	return { state: shownTo(state, fragment, settings, events), events };
}

/** Takes the fragment's text in; decides nothing. */
function heard(
	before: Aggregator,
	fragment: Fragment,
	at: number,
	settings: AggregateSettings
): Aggregator {
	const state = withText(before, fragment, at, settings);
	return state.committed === '' && state.tail === '' ? { ...state, startedAt: null } : state;
}

function withText(
	state: Aggregator,
	fragment: Fragment,
	at: number,
	{ language }: AggregateSettings
): Aggregator {
	switch (fragment.type) {
		case 'interim': {
			const { tail, taken } = remainder(state, fragment.text);
			return { ...timed(state, fragment, at, tail), tail, taken, previousTail: state.tail };
		}
		case 'final': {
			const { tail } = remainder(state, fragment.text);
			const committed = joined(state.committed, tail.trimStart(), language);
			return {
				...timed(state, fragment, at, tail),
				committed,
				tail: '',
				previousTail: '',
				taken: []
			};
		}
		case 'utterance-end': {
			const committed = joined(state.committed, state.tail.trimStart(), language);
			return { ...state, committed, tail: '', previousTail: '', taken: [] };
		}
		case 'clear':
			return { ...state, tail: '', previousTail: '', taken: [] };
	}
}

function remainder(state: Aggregator, text: string): { tail: string; taken: readonly string[] } {
	const now = tokens(tidy(text));
	const count = state.taken.length === 0 ? 0 : alreadyTaken(state.taken, now);
	// The newest wording of what was taken is the better one to compare the next guess with, unless this guess
	// is shorter than that: the provider drew back for a moment and will say the rest again.
	const taken = count < now.length ? now.slice(0, count) : state.taken;
	return { tail: now.slice(count).join('').trimStart(), taken };
}

function timed(
	state: Aggregator,
	{ startedAt, endedAt }: { startedAt?: number; endedAt?: number },
	at: number,
	text: string
): Aggregator {
	if (text === '') return state;
	// Providers' times overlap at times; a caption never starts before the one before it ended.
	const start = state.startedAt ?? Math.max(startedAt ?? at, state.endedAt);
	return { ...state, startedAt: start, endedAt: Math.max(endedAt ?? at, start, state.endedAt) };
}

type Cut = {
	readonly text: string;
	readonly committed: string;
	readonly tail: string;
	readonly taken: string;
};

/** The next piece that becomes a final, or null when the utterance goes on. */
function nextCut(
	state: Aggregator,
	fragment: Fragment,
	at: number,
	settings: AggregateSettings
): Cut | null {
	const { language, limits } = settings;
	const whole = joined(state.committed, state.tail, language);
	if (whole === '') return null;
	const wide = width(whole);
	if (fragment.type === 'utterance-end' && wide <= limits.hardWidth)
		return { text: whole, committed: '', tail: '', taken: '' };

	if (fragment.type === 'final') {
		const end = sentenceEnds(state.committed, language).find(
			(offset) => width(state.committed.slice(0, offset)) >= limits.softWidth
		);
		if (end !== undefined) return cutAt(state, end, language);
	}

	const tooLong = state.startedAt !== null && at - state.startedAt > limits.maxDurationMs;
	if (wide <= limits.hardWidth && !tooLong) return null;
	const place = cutPlace(settled(state, wide, settings), settings);
	return place === null ? null : cutAt(state, place, language);
}

/** How much of the utterance will stay as it is: what is committed, and the guess as far as two agree on it. */
function settled(state: Aggregator, wide: number, { language, limits }: AggregateSettings): string {
	if (state.tail === '') return state.committed;
	const now = tokens(state.tail);
	const agreed = commonPrefix(tokens(state.previousTail), now);
	// The newest word is often half a word. Far beyond the limit a guess has to do.
	const sure = wide > limits.hardWidth * 1.5 ? Math.max(agreed, now.length - 2) : agreed;
	const steady = now.slice(0, Math.min(sure, now.length - 1)).join('');
	return joined(state.committed, steady, language);
}

function cutAt(state: Aggregator, offset: number, language: string): Cut {
	const whole = joined(state.committed, state.tail, language);
	const text = whole.slice(0, offset).trim();
	if (offset <= state.committed.length)
		return {
			text,
			committed: state.committed.slice(offset).trimStart(),
			tail: state.tail,
			taken: ''
		};
	const used = offset - (whole.length - state.tail.length);
	return {
		text,
		committed: '',
		tail: state.tail.slice(used).trimStart(),
		taken: state.tail.slice(0, used)
	};
}

function finalised(state: Aggregator, cut: Cut, events: CaptionEvent[]): Aggregator {
	const startedAt = state.startedAt ?? state.endedAt;
	const left = joined(cut.committed, cut.tail, '');
	// Words carry no times of their own here; speech is even enough to share the span out by length.
	const share = width(cut.text) / Math.max(1, width(cut.text) + width(left));
	const endedAt = Math.round(startedAt + (state.endedAt - startedAt) * share);
	events.push({ type: 'final', utterance: state.utterance, text: cut.text, startedAt, endedAt });
	return {
		...NO_CAPTIONS,
		utterance: state.utterance + 1,
		committed: cut.committed,
		tail: cut.tail,
		previousTail: cut.tail,
		taken: [...state.taken, ...tokens(cut.taken)],
		startedAt: left === '' ? null : endedAt,
		endedAt: left === '' ? endedAt : state.endedAt
	};
}

/** Adds the partial that readers see next, if it differs from what they see. */
function shownTo(
	state: Aggregator,
	fragment: Fragment,
	{ language }: AggregateSettings,
	events: CaptionEvent[]
): Aggregator {
	const candidate = tokens(joined(state.committed, state.tail, language));
	const shown =
		fragment.type === 'interim' ? steadied(state.shown, state.candidate, candidate) : candidate;
	if (shown.join('') === state.shown.join('')) return { ...state, candidate };
	const revision = state.revision + 1;
	events.push({ type: 'partial', utterance: state.utterance, revision, text: shown.join('') });
	return { ...state, candidate, shown, revision };
}
