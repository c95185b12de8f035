/** A person's own choice of colours on this device; empty leaves it to the page and the system. */
export type Theme = '' | 'light' | 'dark';

/** Booths and the organiser's desk are remembered apart: one is dim, the other light. */
export type ThemedPlace = 'booth' | 'desk';
const MEMORY_KEYS: Record<ThemedPlace, string> = { booth: 'theme', desk: 'desk-theme' };

export function rememberedTheme(place: ThemedPlace = 'booth'): Theme {
	try {
		const kept = localStorage.getItem(MEMORY_KEYS[place]);
		return kept === 'light' || kept === 'dark' ? kept : '';
	} catch {
		// No storage: the page's own colours are good.
		return '';
	}
}

export function showTheme(theme: Theme): void {
	if (theme === '') delete document.documentElement.dataset['theme'];
	else document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme, place: ThemedPlace = 'booth'): void {
	showTheme(theme);
	try {
		localStorage.setItem(MEMORY_KEYS[place], theme);
	} catch {
		// Private mode: chosen again next time.
	}
}
