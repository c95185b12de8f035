const MEMORY_KEY = 'booth-captions-consent';

/** What this person said last about captions of their voice, on this device; null: never asked here. */
export function rememberedConsent(): boolean | null {
	try {
		const kept = localStorage.getItem(MEMORY_KEY);
		return kept === null ? null : kept === 'yes';
	} catch {
		return null;
	}
}

export function rememberConsent(agreed: boolean): void {
	try {
		localStorage.setItem(MEMORY_KEY, agreed ? 'yes' : 'no');
	} catch {
		// Private mode: asked again next time.
	}
}
