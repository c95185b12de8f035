import type { LanguageCode } from '#lib/domain/language.ts';
import type { CaptionFinal, CaptionPartial } from '#lib/protocol/captions.ts';
import { createCaptionFollower, type CaptionFollower } from './captions-follower.ts';
import { mergeFinals, withPartial } from './captions-shown.ts';

/** Captions of the channel that is heard, as a page shows them. */
export class CaptionsStore {
	readonly #follower: CaptionFollower;
	#channel: number | null = null;

	/** Whether the reader wants them. */
	wanted = $state(true);
	/** Read as a machine translates them into this language; null: as spoken. */
	language = $state<LanguageCode | null>(null);
	finals = $state.raw<readonly CaptionFinal[]>([]);
	/** What is being said and not final yet. */
	partial = $state.raw<CaptionPartial | null>(null);

	constructor(event: string) {
		this.#follower = createCaptionFollower(event, {
			reset: () => {
				this.finals = [];
				this.partial = null;
			},
			finals: (finals) => {
				this.finals = mergeFinals(this.finals, finals);
				this.partial = withPartial(this.finals, this.partial, null);
			},
			partial: (partial) => (this.partial = withPartial(this.finals, this.partial, partial))
		});
	}

	/** For the feed of the page: it has the socket. */
	get link(): Pick<CaptionFollower, 'attach' | 'joined'> {
		return this.#follower;
	}

	/** Booth id of the channel that is heard, when it has captions. */
	show(channel: number | null): void {
		this.#channel = channel;
		this.#follower.follow(this.wanted ? channel : null, this.language);
	}

	read(language: LanguageCode | null): void {
		this.language = language;
		this.show(this.#channel);
	}

	want(wanted: boolean): void {
		this.wanted = wanted;
		this.show(this.#channel);
	}

	close(): void {
		this.#follower.close();
	}
}
