import { mayCaption } from '#lib/domain/booth/state.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import { refuse } from '#lib/domain/result.ts';
import type { Booths } from '../booths/service.ts';
import type { CaptionWork } from '../captions/captions.ts';

/**
 * What workers hear of a voice whose owner did not agree, or does not any more, is dropped here: also what was on its
 * way when they withdrew. Nothing of it is shown or stored.
 */
export function withConsent(work: CaptionWork, may: (booth: BoothId) => boolean): CaptionWork {
	return {
		...work,
		partial(booth, partial) {
			if (may(booth)) work.partial(booth, partial);
		},
		final: async (booth, final) =>
			may(booth)
				? work.final(booth, final)
				: refuse('invalid_input', 'The speaker has not agreed to captions.')
	};
}

/** Whether the one on air lets captions be made of their voice; a booth nobody knows yet has nobody on air. */
export function consentIn({ known }: Pick<Booths, 'known'>): (booth: BoothId) => boolean {
	return (booth) => {
		const stored = known.get(booth);
		return stored === null || mayCaption(stored.state);
	};
}
