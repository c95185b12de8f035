import { SILENCE, watchLevel, type Level } from './levels.ts';
import {
	listInputs,
	openMicrophone,
	openTabSound,
	watchInputs,
	type Capture,
	type CaptureChoices,
	type CaptureFailure,
	type InputDevice
} from './microphone.ts';

export type SourceState =
	| { readonly kind: 'closed' }
	| { readonly kind: 'asking' }
	| { readonly kind: 'open'; readonly label: string }
	/** It was open and went away: unplugged, or the sharing was ended. */
	| { readonly kind: 'gone'; readonly label: string }
	| { readonly kind: 'failed'; readonly failure: CaptureFailure };

/**
 * The sound source of one page: which device, how it is processed, how loud it is. Being open means that the
 * level can be seen; nobody hears it before a track of it is published.
 *
 * @param memoryKey where the choices are kept on this device
 */
export class SoundSource {
	state = $state.raw<SourceState>({ kind: 'closed' });
	level = $state.raw<Level>(SILENCE);
	/** A call or another program holds the device: the page sends silence until it is given back. */
	interrupted = $state(false);
	inputs = $state.raw<readonly InputDevice[]>([]);
	choices = $state.raw<CaptureChoices>({} as CaptureChoices);
	/** Called after another capture has replaced the one before, and after it went away. */
	onChanged: () => void = () => undefined;

	readonly #memoryKey: string;
	#capture: Capture | null = null;
	/** Captures whose device was seen in the list; the sound of a tab never is. */
	readonly #listed = new WeakSet<Capture>();
	#unwatchLevel: () => void = () => undefined;
	#unwatchInputs: () => void = () => undefined;

	constructor(memoryKey: string, defaults: CaptureChoices) {
		this.#memoryKey = memoryKey;
		this.choices = { ...defaults, ...remembered(memoryKey) };
	}

	get isOpen(): boolean {
		return this.state.kind === 'open';
	}

	/** Device that is really open, or the chosen one. */
	get deviceId(): string | null {
		return this.#capture?.deviceId ?? this.choices.deviceId;
	}

	/** Opens the chosen device; asks for permission when needed. Must come from a press. */
	async open(): Promise<void> {
		if (!this.#capture) this.state = { kind: 'asking' };
		await this.#take(await openMicrophone(this.choices));
	}

	/** Opens the sound of a tab instead of a device. Must come from a press. */
	async openTab(): Promise<void> {
		if (!this.#capture) this.state = { kind: 'asking' };
		await this.#take(await openTabSound());
	}

	/** Changes device or processing; while open, the new sound replaces the old without a pause in the page. */
	async choose(change: Partial<CaptureChoices>): Promise<void> {
		this.choices = { ...this.choices, ...change };
		remember(this.#memoryKey, this.choices);
		if (this.state.kind !== 'closed') await this.open();
	}

	/** A track of its own for one line; muting or stopping it leaves the meter alone. */
	cloneTrack(): MediaStreamTrack {
		if (!this.#capture) throw new Error('the sound source is not open');
		return this.#capture.track.clone();
	}

	close(): void {
		this.#letGo();
		this.#unwatchInputs();
		this.#unwatchInputs = () => undefined;
		this.state = { kind: 'closed' };
	}

	async #take(opened: Awaited<ReturnType<typeof openMicrophone>>): Promise<void> {
		if (!opened.ok) {
			this.#letGo();
			this.state = { kind: 'failed', failure: opened.error.code };
			this.onChanged();
		} else {
			const capture = opened.value;
			this.#letGo();
			this.#capture = capture;
			this.#unwatchLevel = watchLevel(capture.stream, (level) => (this.level = level));
			capture.onEnded(() => this.#gone(capture));
			capture.onInterrupted((interrupted) => {
				if (this.#capture === capture) this.interrupted = interrupted;
			});
			this.state = { kind: 'open', label: capture.label };
			this.onChanged();
		}
		this.#unwatchInputs();
		this.#unwatchInputs = watchInputs(() => void this.#listInputs());
		await this.#listInputs();
	}

	#gone(capture: Capture): void {
		if (this.#capture !== capture) return;
		this.#letGo();
		this.state = { kind: 'gone', label: capture.label };
		this.onChanged();
	}

	async #listInputs(): Promise<void> {
		const capture = this.#capture;
		this.inputs = await listInputs();
		// Some systems take a device out of the list and never end its track.
		const isListed = this.inputs.some(({ id }) => id === capture?.deviceId);
		const isKnown = capture?.deviceId !== null && this.inputs.length > 0;
		if (capture && this.#listed.has(capture) && isKnown && !isListed) this.#gone(capture);
		else if (capture && isListed) this.#listed.add(capture);
	}

	#letGo(): void {
		this.#unwatchLevel();
		this.#unwatchLevel = () => undefined;
		this.#capture?.close();
		this.#capture = null;
		this.interrupted = false;
		this.level = SILENCE;
	}
}

function remembered(key: string): Partial<CaptureChoices> {
	try {
		return JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<CaptureChoices>;
	} catch {
		// No storage, or something else wrote there: the defaults are good.
		return {};
	}
}

function remember(key: string, choices: CaptureChoices): void {
	try {
		localStorage.setItem(key, JSON.stringify(choices));
	} catch {
		// Private mode: chosen again next time.
	}
}
