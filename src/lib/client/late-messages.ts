/**
 * Texts in the languages that are fetched when a reader wants them; see late-messages.config.ts, which makes the
 * compiled messages ask here.
 */
type Table = Readonly<Record<string, (inputs?: object) => string>>;

const LOADERS: Readonly<Record<string, () => Promise<{ default: Table }>>> = {
	fr: () => import('virtual:late-messages/fr'),
	es: () => import('virtual:late-messages/es'),
	hi: () => import('virtual:late-messages/hi'),
	zh: () => import('virtual:late-messages/zh')
};
const tables: Record<string, Table> = {};

/** The text of a key in a language that was loaded. */
export function late(locale: string, key: string): ((inputs?: object) => string) | undefined {
	return tables[locale]?.[key];
}

/** Fetches a language; without a network its texts stay English. Does nothing for those that are always there. */
export async function loadMessages(locale: string): Promise<void> {
	const load = LOADERS[locale];
	if (!load || tables[locale]) return;
	try {
		tables[locale] = (await load()).default;
	} catch {
		// No network just now: English is better than nothing.
	}
}
