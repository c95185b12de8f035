import type {
	GlossaryWord,
	TranslationFault,
	TranslationService
} from '#lib/domain/captions/translation.ts';
import type { Result } from '#lib/domain/result.ts';

/** The one port behind which every way of translating a caption stands. */
export type TranslationProvider = {
	readonly name: TranslationService;
	/** One attempt; when to try again is decided in one place, not by each vendor. */
	translate(
		settings: TranslationAccess,
		request: TranslationRequest,
		signal: AbortSignal
	): Promise<Result<string, TranslationFault>>;
};

export type TranslationAccess = {
	readonly key: string | null;
	/** Base URL of another server that speaks the protocol; null: the vendor's own. */
	readonly server: string | null;
	/** Empty: the service's usual one, where it has one. */
	readonly model: string;
};

export type TranslationRequest = {
	readonly text: string;
	/** BCP-47, or null when nobody said: the provider finds out. */
	readonly source: string | null;
	/** BCP-47 */
	readonly target: string;
	/** What was said just before, oldest first; for the sense, not to be translated. */
	readonly context: readonly string[];
	/** Words of the text that have a fixed translation. */
	readonly glossary: readonly GlossaryWord[];
};
