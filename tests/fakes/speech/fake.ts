/**
 * Scripted speech servers. Each speaks one vendor's wire protocol as the vendor documents it (cited in its
 * file) and notes everything a client does outside of it as a violation. What they recognise is a script:
 * after every 200 ms of sound the next guess, and when the client says the utterance is over its final text.
 */
export type ScriptedUtterance = { readonly guesses: readonly string[]; readonly final: string };

/** What goes wrong, in no vendor's words. */
export type Mishap =
	| 'none'
	| 'bad-key'
	| 'quota'
	| 'rate-limit'
	| 'bad-settings'
	| 'session-limit'
	/** After the first guess: the connection is cut. */
	| 'cut'
	/** After the first guess: the server ends it in its own orderly way. */
	| 'server-error'
	/** After the first guess: something that is not of the protocol. */
	| 'garbage'
	/** The client's wish to end is heard and not answered. */
	| 'never-ends';

export type SpeechScript = {
	readonly utterances: readonly ScriptedUtterance[];
	readonly mishap: Mishap;
	/** The client is let in when this resolves. */
	readonly admission?: Promise<void>;
};

export type SpeechFake = {
	/** For the adapter's `server` setting. */
	readonly server: string;
	readonly key: string;
	/** Sound that arrived, in bytes. */
	heardBytes(): number;
	readonly violations: readonly string[];
	/** Every parameter and setting the client asked with, for tests of one vendor. */
	readonly asked: Record<string, unknown>;
	close(): Promise<void>;
};

export const FAKE_KEY = 'a-key-that-fits';
export const GUESS_EVERY_MS = 200;

/** Follows the script for one connection. */
export class Recital {
	readonly #utterances: ScriptedUtterance[];
	#soundMs = 0;
	#guessed = 0;
	/** Ms of the stream up to the end of the utterance before. */
	startedMs = 0;

	constructor(script: SpeechScript) {
		this.#utterances = [...script.utterances];
	}

	/** Sound came: the guess that is due now, if one is. */
	sound(ms: number): string | null {
		this.#soundMs += ms;
		const due = Math.floor(this.#soundMs / GUESS_EVERY_MS);
		if (due <= this.#guessed) return null;
		this.#guessed = due;
		const guesses = this.#utterances[0]?.guesses ?? [];
		return guesses[Math.min(due, guesses.length) - 1] ?? null;
	}

	get soundMs(): number {
		return this.#soundMs;
	}

	/** The utterance is over: its final text, or null when no sound came since the last one. */
	end(): string | null {
		if (this.#soundMs === 0) return null;
		this.startedMs += this.#soundMs;
		this.#soundMs = 0;
		this.#guessed = 0;
		return this.#utterances.shift()?.final ?? '';
	}
}
