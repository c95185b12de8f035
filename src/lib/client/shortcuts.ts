/** Acts that a key does in the console. `cough` is held. */
export type Shortcut =
	| 'mute'
	| 'cough'
	| 'go-live'
	| 'stop'
	| 'handover'
	| 'floor-mute'
	| 'floor-louder'
	| 'floor-quieter'
	| 'source-1'
	| 'source-2'
	| 'source-3'
	| 'chat'
	| 'notes'
	| 'help';

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>;

/**
 * What a key means, or null. What opens a microphone needs a second key: a letter typed beside a text field must
 * never do it. Letters are taken by place (`code`), so that they work on an Arabic or Greek keyboard too.
 *
 * @param singleKeys whether keys without Ctrl or Alt act (WCAG 2.1.4: the person can switch them off)
 */
export function shortcutOf(
	pressed: Key,
	singleKeys: boolean,
	pedal: string | null = null
): Shortcut | null {
	const { key, code, ctrlKey, altKey, metaKey } = pressed;
	if (isHandKey(pressed, pedal)) return code === pedal ? 'cough' : 'mute';
	if (metaKey) return null;
	if (ctrlKey !== altKey) {
		if (key === 'Enter') return ctrlKey ? 'go-live' : 'handover';
		return ctrlKey && code === 'Period' ? 'stop' : null;
	}
	if (ctrlKey || !singleKeys) return null;
	if (key === '?') return 'help';
	if (key === '+' || key === '=') return 'floor-louder';
	if (key === '-') return 'floor-quieter';
	switch (code) {
		case 'KeyM':
			return 'mute';
		case 'KeyC':
		case 'Space':
			return 'cough';
		case 'KeyF':
			return 'floor-mute';
		case 'KeyT':
			return 'chat';
		case 'KeyN':
			return 'notes';
		case 'Digit1':
		case 'Numpad1':
			return 'source-1';
		case 'Digit2':
		case 'Numpad2':
			return 'source-2';
		case 'Digit3':
		case 'Numpad3':
			return 'source-3';
		default:
			return null;
	}
}

/** Keys of a headset or a keyboard that mean the microphone (UI Events, key values of media controllers). */
const MICROPHONE_KEYS = ['MicrophoneToggle', 'MicrophoneVolumeMute', 'MediaPlayPause'];

/** A key that writes nothing: a foot pedal, or the microphone button of a headset. It acts wherever the focus is. */
export function isHandKey({ key, code }: Pick<Key, 'key' | 'code'>, pedal: string | null): boolean {
	return MICROPHONE_KEYS.includes(key) || (pedal !== null && code === pedal);
}

/** Whether the element takes keys for itself: text, lists, and for the space bar whatever can be pressed. */
export function takesKeys(target: EventTarget | null, code: string): boolean {
	if (!(target instanceof HTMLElement)) return false;
	if (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'))
		return true;
	return (
		(code === 'Space' || code === 'Enter') &&
		target.closest('button, a, input, summary, [role=tab]') !== null
	);
}

/**
 * Listens for shortcuts on the whole page until the returned function is called.
 *
 * @param act `held` is false only when a held key is let go, or the page loses the keyboard while it is down
 */
export function listenForShortcuts(
	singleKeys: () => boolean,
	act: (shortcut: Shortcut, held: boolean) => void,
	pedal: () => string | null = () => null
): () => void {
	let heldCode: string | null = null;

	function letGo(): void {
		if (heldCode === null) return;
		heldCode = null;
		act('cough', false);
	}
	function down(event: KeyboardEvent): void {
		// A held cough key repeats, wherever the focus has gone meanwhile.
		if (event.code === heldCode) return event.preventDefault();
		if (event.defaultPrevented || event.isComposing || event.repeat) return;
		const isTaken =
			document.querySelector('[role=dialog]') !== null || takesKeys(event.target, event.code);
		if (isTaken && !isHandKey(event, pedal())) return;
		const shortcut = shortcutOf(event, singleKeys(), pedal());
		if (shortcut === null) return;
		event.preventDefault();
		if (shortcut === 'cough') heldCode = event.code;
		act(shortcut, true);
	}
	const up = (event: KeyboardEvent) => {
		if (event.code === heldCode) letGo();
	};

	addEventListener('keydown', down);
	addEventListener('keyup', up);
	addEventListener('blur', letGo);
	return () => {
		letGo();
		removeEventListener('keydown', down);
		removeEventListener('keyup', up);
		removeEventListener('blur', letGo);
	};
}
