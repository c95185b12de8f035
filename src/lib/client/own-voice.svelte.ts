import type { PublishTicket, BoothView } from '#lib/protocol/booth.ts';
import { OFF, follow, planOf, rightOf, type AirAct, type Intent, type Plan } from './air.ts';
import { createLine, type Line, type LineState } from './line.ts';
import { SPEECH } from './opus-offer.ts';
import type { SoundSource } from './sound-source.svelte.ts';
import { UplinkWatch, type UplinkQuality } from './uplink.ts';
import {
	createVoiceWatch,
	SILENT_AFTER_MS,
	SILENT_AFTER_SUPPRESSED_MS,
	type VoiceFault
} from './voice-watch.ts';

const MEASURE_EVERY_MS = 1_000;

/**
 * This page's voice: what was pressed, what is muted, and the line that carries it. `air.ts` decides, the line
 * obeys; nothing else opens or closes the microphone's way to the media server.
 */
export class OwnVoice {
	intent = $state.raw<Intent>(OFF);
	line = $state.raw<LineState>({ kind: 'idle' });
	muted = $state(false);
	coughing = $state(false);
	quality = $state.raw<UplinkQuality | null>(null);
	fault = $state.raw<VoiceFault>(null);

	readonly #source: SoundSource;
	readonly #line: Line;
	#watch = createVoiceWatch();
	readonly #uplink = new UplinkWatch();
	#measuredAt = 0;

	constructor({
		source,
		ticket,
		onConnected,
		onRetryDue
	}: {
		source: SoundSource;
		ticket: () => Promise<PublishTicket>;
		/** The sound should be at the media server now. */
		onConnected: () => void;
		onRetryDue: () => void;
	}) {
		this.#source = source;
		this.#line = createLine({
			ticket,
			openTrack: () => source.cloneTrack(),
			profile: () => SPEECH,
			onRetryDue,
			onState: (state) => {
				const wasConnected = this.line.kind === 'connected';
				this.line = state;
				if (state.kind !== 'connected') {
					this.#uplink.forget();
					this.quality = null;
				} else if (!wasConnected) onConnected();
			}
		});
	}

	get isWanted(): boolean {
		return this.intent.kind !== 'off';
	}

	/** A press that leads on to the air. The microphone starts unmuted, as the press says. */
	press(act: AirAct): Intent {
		this.muted = this.coughing = false;
		this.#applyMute();
		this.intent = { kind: 'asking', act, since: Date.now() };
		return this.intent;
	}

	/** Off, whatever was meant. A page that is left or comes back opens nothing by itself. */
	forget(): void {
		this.intent = OFF;
		this.muted = this.coughing = false;
		this.#line.release();
	}

	/** Does what the booth's state makes of the intent. */
	follow({ phase, you }: BoothView): { plan: Plan; gaveUp: boolean } {
		const before = this.intent;
		this.intent = follow(before, phase, you.seat, Date.now());
		const plan = planOf(this.intent, phase, you.seat);
		this.#afterIntent(plan);
		const gaveUp =
			before.kind === 'on' &&
			before.lostAt !== null &&
			this.intent.kind === 'off' &&
			rightOf(phase, you.seat) !== 'none';
		return { plan, gaveUp };
	}

	toggleMute(): void {
		if (!this.isWanted) return;
		this.muted = !this.muted;
		this.#applyMute();
	}

	/** Silent while held. Letting go never opens a microphone that is muted. */
	cough(held: boolean): void {
		this.coughing = held && this.isWanted;
		this.#applyMute();
	}

	/** Another device or other processing: the session goes on with the new sound. */
	renewTrack(): void {
		void this.#line.renewTrack();
	}

	/** Builds the line anew; the owner's next look opens it again when it may be open. */
	restart(): void {
		this.#line.release();
	}

	/** The network or the portal is back: no need to wait. */
	hurry(): void {
		this.#line.hurry();
	}

	/** A few times a second: watches level and line. */
	tick(onAir: boolean): void {
		this.fault = this.#watch(this.#source.level, performance.now(), {
			onAir: onAir && !this.coughing,
			muted: this.muted,
			silentAfterMs: this.#source.choices.noiseSuppression
				? SILENT_AFTER_SUPPRESSED_MS
				: SILENT_AFTER_MS
		});
		if (performance.now() - this.#measuredAt < MEASURE_EVERY_MS) return;
		this.#measuredAt = performance.now();
		void this.#measure();
	}

	#afterIntent(plan: Plan): void {
		// Not by a press of ours: the right has moved, or the media server has lost us.
		if (plan === 'release' || plan === 'ask-again') this.#line.release(true);
		else if (plan === 'publish' && this.#source.isOpen) this.#line.publish();
		if (this.intent.kind === 'off') this.muted = this.coughing = false;
	}

	#applyMute(): void {
		this.#line.enable(!this.muted && !this.coughing);
	}

	async #measure(): Promise<void> {
		const counters = await this.#line.measure();
		if (!counters || this.line.kind !== 'connected') return;
		this.quality = this.#uplink.look(counters, performance.now()) ?? this.quality;
	}
}
