import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import type { Fragment } from '#lib/domain/captions/fragment.ts';

/**
 * The one port behind which every way of turning speech into text stands. An adapter runs one stream and
 * never opens another by itself: when and how often to try again is decided in one place, not in each vendor.
 */
export type SpeechProvider = {
	readonly name: string;
	/** Sample rate it wants its mono s16le sound in. */
	readonly rateHz: number;
	/** Opens a stream. What goes wrong, however early, comes as `ended`. */
	open(settings: SpeechSettings, listener: SpeechListener): SpeechStream;
};

export type SpeechSettings = {
	/** BCP-47, or null when nobody knows: the provider may find out. */
	readonly language: string | null;
	/** Empty: the adapter's usual one. Never checked against a list; vendors change theirs. */
	readonly model: string;
	readonly key: string | null;
	/** Base URL of another server that speaks the protocol. */
	readonly server: string | null;
	/** Names and terms that are likely to be spoken; used where the provider takes them. */
	readonly hints: readonly string[];
};

export type SpeechListener = {
	/** The provider takes sound now. */
	ready(): void;
	/** Times in ms of sound written to this stream; an adapter without times leaves them out. */
	fragment(fragment: Fragment): void;
	/** Exactly once, and nothing comes after it. `fault` null: `finish` or `close` did it. */
	ended(fault: CaptionFault | null): void;
};

export type SpeechStream = {
	/** Never waits. Sound written before `ready` is kept, up to `BACKLOG_MS`; beyond that the oldest is dropped. */
	write(pcm: Buffer): void;
	/** The speaker paused: whatever was said so far becomes final, ended by `utterance-end`. */
	pause(): void;
	/** No more sound: flush the tail, then `ended(null)`, within `FINISH_MS` whatever the provider does. */
	finish(): void;
	/** At once, without the tail. */
	close(): void;
};

export const BACKLOG_MS = 10_000;
export const FINISH_MS = 4_000;
/** A provider that has not taken us in by then does not answer. */
export const CONNECT_MS = 10_000;

/** Primary subtag (`pt` of `pt-BR`), for providers that know no regions; null stays null. */
export function primaryLanguage(language: string | null): string | null {
	return language?.split('-')[0]?.toLowerCase() ?? null;
}

/** The tag with its likely region (`en` → `en-US`), for providers that want one. */
export function regionalLanguage(language: string): string {
	const locale = new Intl.Locale(language);
	const region = locale.region ?? locale.maximize().region;
	return region === undefined ? locale.language : `${locale.language}-${region}`;
}
