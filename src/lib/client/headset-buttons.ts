/**
 * The microphone button of a headset, a keyboard or the system's own call bar (W3C Media Session,
 * `togglemicrophone`). Presses arrive only where the browser hands them on.
 */
export type HeadsetButtons = {
	/** What the system should show beside its button. */
	show(microphoneOpen: boolean): void;
	stop(): void;
};

export function bindHeadsetButtons(onToggle: () => void): HeadsetButtons {
	const session = navigator.mediaSession as (MediaSession & Microphones) | undefined;
	const set = (handler: (() => void) | null) => {
		try {
			// Not in TypeScript's list of actions yet.
			session?.setActionHandler('togglemicrophone' as MediaSessionAction, handler);
		} catch {
			// This browser does not know the action; keys still work.
		}
	};
	set(onToggle);
	return {
		show: (open) => void session?.setMicrophoneActive?.(open),
		stop: () => set(null)
	};
}

type Microphones = { setMicrophoneActive?(active: boolean): Promise<void> | void };

const MEMORY_KEY = 'booth-pedal';

/** Code of the key that a foot pedal sends (pedals are keyboards with one key), or null. */
export function rememberedPedal(): string | null {
	try {
		return localStorage.getItem(MEMORY_KEY);
	} catch {
		return null;
	}
}

export function rememberPedal(code: string | null): void {
	try {
		if (code === null) localStorage.removeItem(MEMORY_KEY);
		else localStorage.setItem(MEMORY_KEY, code);
	} catch {
		// Private mode: set again next time.
	}
}

const KEPT = ['Tab', 'Enter', 'Escape', 'Backspace', 'Delete', 'Shift', 'Control', 'Alt', 'Meta'];

/** Whether a key may be a pedal: one that writes nothing and moves nothing, since it acts while one types. */
export function canBePedal({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): boolean {
	return code !== '' && key.length > 1 && !KEPT.includes(key) && !key.startsWith('Arrow');
}
