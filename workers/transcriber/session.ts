import { fault, type CaptionFault, type CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import type { CaptionEvent } from '#lib/domain/captions/fragment.ts';
import {
	SESSION_START,
	sessionStep,
	type SessionAction,
	type SessionInput,
	type SessionState,
	type StopReason
} from '#lib/domain/captions/session.ts';
import { unreachable, type Result } from '#lib/domain/result.ts';
import type { SessionOrder, SessionPhase, SoundSource } from '#lib/protocol/worker.ts';
import type { Logger } from 'pino';
import { CaptionStream } from './caption-stream.ts';
import type { SoundListener, SoundPull, SoundSettings } from './ffmpeg.ts';
import type { SpeechProvider } from './providers/provider.ts';
import { SoundClock } from './sound-clock.ts';
import type { VoiceDetector } from './vad.ts';
import { createVoiceGate, type VoiceGate } from './voice-gate.ts';

/** Nobody has spoken for so long that a provider's stream is given back; opening one takes a second. */
export const LONG_SILENCE_MS = 45_000;

export type SessionSurroundings = {
	readonly provider: SpeechProvider;
	/** Program to pull sound with. */
	ffmpeg(): Promise<{ ok: true; path: string } | { ok: false; fault: CaptionFault }>;
	pull(settings: SoundSettings, listener: SoundListener): SoundPull;
	detector(rateHz: number): VoiceDetector;
	/** A fresh URL of the channel's sound, by the portal. */
	source(): Promise<Result<SoundSource>>;
	/** Epoch ms on the portal's clock. */
	now(): number;
	random(): number;
	readonly log: Logger;
	readonly longSilenceMs?: number;
};

export type SessionReport = {
	phase(phase: SessionPhase): void;
	caption(event: CaptionEvent): void;
};

/** The runbook's own words for reasons that operators look for. */
const LOG_WORDS: Partial<Record<CaptionFaultCode, string>> = { key_missing: 'API key missing' };

/** Runs one channel's captions until `stop`, whatever happens to its sound and its provider. */
export class CaptionSession {
	readonly #order: SessionOrder;
	readonly #around: SessionSurroundings;
	readonly #report: SessionReport;
	readonly #captions: CaptionStream;
	#state: SessionState = SESSION_START.state;
	#pull: SoundPull | null = null;
	#gate: VoiceGate | null = null;
	#retry: NodeJS.Timeout | undefined;
	#silence: NodeJS.Timeout | undefined;
	/** Rises with each attempt at the sound: what an abandoned one still says is not listened to. */
	#attempt = 0;
	#finished: (() => void) | undefined;
	readonly #done: Promise<void>;

	constructor(order: SessionOrder, around: SessionSurroundings, report: SessionReport) {
		this.#order = order;
		this.#around = around;
		this.#report = report;
		this.#done = new Promise((resolve) => (this.#finished = resolve));
		const { language, model, key, server, hints, hiddenWords } = order;
		this.#captions = new CaptionStream(
			{ provider: around.provider, language, model, key, server, hints, hiddenWords },
			{
				ready: () => this.#input({ type: 'provider-ready' }),
				text: () => this.#input({ type: 'provider-text' }),
				ended: (why) => {
					this.#input({ type: 'provider-ended', fault: why });
					this.#finishIfDone();
				},
				caption: (event) => report.caption(event)
			}
		);
	}

	start(): void {
		const { provider, channel } = this.#order;
		this.#around.log.info(`Starting ${provider} transcription worker for booth ${channel}`);
		this.#report.phase({ phase: 'waiting-for-sound' });
		for (const action of SESSION_START.actions) this.#act(action);
	}

	/** Stops for good; resolves when the last words have been reported. */
	stop(reason: StopReason): Promise<void> {
		this.#input({ type: 'stop', reason });
		return this.#done;
	}

	/** What people would be told now, for a portal that has just come back. */
	get phase(): SessionPhase | null {
		return published(this.#state);
	}

	#input(input: SessionInput): void {
		const before = this.#state;
		const moment = { now: this.#around.now(), random: this.#around.random() };
		const { state, actions } = sessionStep(before, input, moment);
		this.#state = state;
		if (state !== before) this.#told(state);
		for (const action of actions) this.#act(action);
	}

	#told(state: SessionState): void {
		const { log } = this.#around;
		if (state.phase === 'retrying') {
			const { code, detail } = state.fault;
			const inMs = state.retryAt - this.#around.now();
			log.warn(
				{ code, detail, attempt: state.attempt, inMs },
				LOG_WORDS[code] ?? `captions: ${code}`
			);
		} else log.debug({ phase: state.phase }, 'captions');
		const phase = published(state);
		if (phase !== null) this.#report.phase(phase);
	}

	#act(action: SessionAction): void {
		switch (action) {
			case 'open-sound':
				void this.#openSound(++this.#attempt);
				return;
			case 'end-sound':
				this.#attempt++;
				this.#closeSound();
				clearTimeout(this.#retry);
				this.#finishIfDone();
				return;
			case 'open-provider':
				return this.#captions.open();
			case 'end-provider':
				// The speaker's last words are in the gate still.
				this.#gate?.end();
				return this.#captions.end();
			case 'wait':
				return this.#wait();
			default:
				return unreachable(action);
		}
	}

	#wait(): void {
		clearTimeout(this.#retry);
		if (this.#state.phase !== 'retrying') return;
		const ms = Math.max(0, this.#state.retryAt - this.#around.now());
		this.#retry = setTimeout(() => {
			// The portal's clock may have been set back meanwhile.
			const early = this.#state.phase === 'retrying' && this.#around.now() < this.#state.retryAt;
			if (early) this.#wait();
			else this.#input({ type: 'retry-due' });
		}, ms);
	}

	async #openSound(attempt: number): Promise<void> {
		const found = await this.#around.ffmpeg();
		const source = found.ok ? await this.#around.source() : null;
		if (attempt !== this.#attempt) return;
		if (!found.ok) return this.#input({ type: 'sound-ended', fault: found.fault });
		if (!source?.ok) {
			const why = source === null ? '' : `${source.error.code} ${source.error.message}`;
			return this.#input({ type: 'sound-ended', fault: fault('sound_refused', why) });
		}
		const { rateHz } = this.#around.provider;
		const clock = new SoundClock(rateHz);
		const gate = this.#openGate(rateHz);
		let heard = false;
		this.#pull = this.#around.pull(
			{ ffmpeg: found.path, url: source.value.url, rateHz },
			{
				audio: (pcm) => {
					if (attempt !== this.#attempt) return;
					if (!heard) this.#input({ type: 'sound' });
					heard = true;
					gate.push(pcm, clock.at(pcm, this.#around.now()));
				},
				ended: (why) => {
					if (attempt !== this.#attempt) return;
					this.#closeSound();
					this.#input({ type: 'sound-ended', fault: why ?? fault('sound_lost') });
				}
			}
		);
	}

	#openGate(rateHz: number): VoiceGate {
		this.#gate = createVoiceGate(this.#around.detector(rateHz), rateHz, {
			opened: (at) => {
				clearTimeout(this.#silence);
				this.#captions.speechAt(at);
				this.#input({ type: 'speech' });
			},
			sound: (pcm, at) => this.#captions.write(pcm, at),
			closed: () => {
				this.#captions.pause();
				clearTimeout(this.#silence);
				this.#silence = setTimeout(
					() => this.#input({ type: 'long-silence' }),
					this.#around.longSilenceMs ?? LONG_SILENCE_MS
				);
			}
		});
		return this.#gate;
	}

	#closeSound(): void {
		this.#gate?.end();
		this.#gate = null;
		clearTimeout(this.#silence);
		this.#pull?.end();
		this.#pull = null;
	}

	#finishIfDone(): void {
		if (this.#state.phase === 'stopped' && this.#pull === null && !this.#captions.busy)
			this.#finished?.();
	}
}

/** A phase in the words of the protocol; a session that is stopped has nothing to say any more. */
function published(state: SessionState): SessionPhase | null {
	switch (state.phase) {
		case 'waiting-for-sound':
		case 'connecting':
		case 'running':
			return { phase: state.phase };
		case 'retrying': {
			const { phase, what, fault: why, attempt, retryAt } = state;
			return { phase, what, fault: why, attempt, retryAt };
		}
		case 'stopped':
			return null;
	}
}
