/** Most copies of earlier frames that a lossy listener's packets carry. */
export const MAX_COPIES = 3;

/** From this share of loss on (in 1/256, as reports say it) so many copies: the first line that holds. */
const COPIES_FROM_LOSS = [
	{ fractionLost: 10, copies: 3 }, // 4 %
	{ fractionLost: 5, copies: 2 }, // 2 %
	{ fractionLost: 2, copies: 1 } // 0.8 %
] as const;
/** So many reports in a row must ask for less before there is one copy less: browsers report every 2.5–7.5 s. */
const CALM_REPORTS = 3;

/**
 * How many copies of earlier frames a listener's packets should carry, by its own receiver reports: more at
 * once, fewer only after it has been better for a while, one at a time. Pure.
 */
export class Redundancy {
	#copies = 0;
	#calm = 0;

	get copies(): number {
		return this.#copies;
	}

	/** @param fractionLost since the report before, in 1/256 (RFC 3550 §6.4.1) */
	report(fractionLost: number): void {
		const wanted = COPIES_FROM_LOSS.find((step) => fractionLost >= step.fractionLost)?.copies ?? 0;
		if (wanted >= this.#copies) {
			this.#copies = wanted;
			this.#calm = 0;
			return;
		}
		this.#calm += 1;
		if (this.#calm < CALM_REPORTS) return;
		this.#copies -= 1;
		this.#calm = 0;
	}
}
