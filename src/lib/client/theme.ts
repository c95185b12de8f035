/** A person's own choice of colours on this device; empty leaves it to the page and the system. */
export type Theme = '' | 'light' | 'dark';

const MEMORY_KEY = 'theme';

export function rememberedTheme(): Theme {
	try {
		const kept = localStorage.getItem(MEMORY_KEY);
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

export function chooseTheme(theme: Theme): void {
	showTheme(theme);
	try {
		localStorage.setItem(MEMORY_KEY, theme);
	} catch {
		// Private mode: chosen again next time.
	}
}
