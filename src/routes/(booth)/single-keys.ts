const MEMORY_KEY = 'booth-single-keys';

/** Whether keys without Ctrl or Alt act in the console; on until the person switches them off on this device. */
export function rememberedSingleKeys(): boolean {
	try {
		return localStorage.getItem(MEMORY_KEY) !== 'off';
	} catch {
		return true;
	}
}

export function rememberSingleKeys(on: boolean): void {
	try {
		localStorage.setItem(MEMORY_KEY, on ? 'on' : 'off');
	} catch {
		// Private mode: chosen again next time.
	}
}
