import { SILENCE, watchLevel, type Level } from './levels.ts';
import type { TicketSource } from './read-ticket.ts';
import { openWhep, type WhepReader, type WhepStatus } from './whep.ts';

const FADE_IN_S = 0.3;
const VOLUME_STEP_S = 0.03;

/**
 * What an interpreter or technician listens to, with a volume of its own. Goes through an audio graph, because
 * on iOS an element's volume cannot be set, and fades in, because a floor that returns at full level is
 * frightening in a headset.
 */
export class Monitor {
	status = $state.raw<WhepStatus | null>(null);
	level = $state.raw<Level>(SILENCE);
	/** 0 … 1, as the person sees it; kept on this device. */
	volume = $state(0.8);
	muted = $state(false);

	readonly #memoryKey: string;
	#wanted: { path: string; tickets: TicketSource } | null = null;
	#reader: WhepReader | null = null;
	#context: AudioContext | null = null;
	#gain: GainNode | null = null;
	#source: MediaStreamAudioSourceNode | null = null;
	#pump: HTMLAudioElement | null = null;
	#unwatchLevel: () => void = () => undefined;

	constructor(memoryKey: string) {
		this.#memoryKey = memoryKey;
		this.volume = rememberedVolume(memoryKey) ?? this.volume;
	}

	/** Listens to a media path from now on. Must come from a press, or the browser keeps it silent. */
	listen(path: string, tickets: TicketSource): void {
		this.close();
		this.#wanted = { path, tickets };
		this.#context = new AudioContext();
		this.#gain = new GainNode(this.#context, { gain: 0 });
		this.#gain.connect(this.#context.destination);
		this.#reader = openWhep({
			path,
			tickets,
			onStream: (stream) => this.#play(stream),
			onStatus: (status) => (this.status = status)
		});
	}

	setVolume(volume: number): void {
		this.volume = volume;
		this.#applyGain(VOLUME_STEP_S);
		try {
			localStorage.setItem(this.#memoryKey, String(volume));
		} catch {
			// Private mode: set again next time.
		}
	}

	setMuted(muted: boolean): void {
		this.muted = muted;
		this.#applyGain(VOLUME_STEP_S);
	}

	/** Builds the line anew. Must come from a press. */
	restart(): void {
		const wanted = this.#wanted;
		if (wanted) this.listen(wanted.path, wanted.tickets);
	}

	close(): void {
		this.#wanted = null;
		this.#reader?.close();
		this.#reader = null;
		this.#silence();
		void this.#context?.close();
		this.#context = null;
		this.#gain = null;
		this.status = null;
	}

	#play(stream: MediaStream): void {
		this.#silence();
		if (!this.#context || !this.#gain) return;
		// Chromium feeds a received stream into an audio graph only while an element plays it too.
		this.#pump = new Audio();
		this.#pump.muted = true;
		this.#pump.srcObject = stream;
		void this.#pump.play().catch(() => undefined); // muted: nothing to lose
		this.#source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream });
		this.#source.connect(this.#gain);
		this.#gain.gain.value = 0;
		this.#applyGain(FADE_IN_S);
		void this.#context.resume();
		this.#unwatchLevel = watchLevel(stream, (level) => (this.level = level));
	}

	#silence(): void {
		this.#unwatchLevel();
		this.#unwatchLevel = () => undefined;
		this.#source?.disconnect();
		this.#source = null;
		if (this.#pump) this.#pump.srcObject = null;
		this.#pump = null;
		this.level = SILENCE;
	}

	#applyGain(overSeconds: number): void {
		if (!this.#context || !this.#gain) return;
		// Squared: half way on the slider sounds about half as loud.
		const target = this.muted ? 0 : this.volume ** 2;
		const now = this.#context.currentTime;
		this.#gain.gain.cancelScheduledValues(now);
		this.#gain.gain.setValueAtTime(this.#gain.gain.value, now);
		this.#gain.gain.linearRampToValueAtTime(target, now + overSeconds);
	}
}

function rememberedVolume(key: string): number | null {
	try {
		const volume = Number.parseFloat(localStorage.getItem(key) ?? '');
		return volume >= 0 && volume <= 1 ? volume : null;
	} catch {
		return null;
	}
}
