/** What an interpreter set for the own ears. Kept on this device. */
export type EarChoices = {
	/** 0 … 1, as the person sees it. */
	readonly volume: number;
	/** dB, −12 … 12. */
	readonly bass: number;
	readonly treble: number;
	/** −1: only the floor · 0: both as they are · 1: only the boothmate. */
	readonly balance: number;
};

/** The colleague in front, the floor behind: one listens for the moment to take over. */
export const EAR_DEFAULTS: EarChoices = { volume: 0.8, bass: 0, treble: 0, balance: 0.4 };
export const TONE_MOST_DB = 12;

/** Factors for the parts of what is heard. */
export type EarMix = {
	readonly floor: number;
	readonly relay: number;
	readonly mate: number;
};

export type EarFacts = {
	readonly choices: EarChoices;
	/** The person silenced what they listen to. */
	readonly muted: boolean;
	/** Another booth is listened to instead of the floor, and it can be heard. */
	readonly relayed: boolean;
	/** The boothmate is on air, and this page's own voice cannot be in that sound. */
	readonly mate: boolean;
};

/** Pure. What replaces each other has factors that never add up to more than one source at full. */
export function mixOf({ choices, muted, relayed, mate }: EarFacts): EarMix {
	const balance = Math.min(1, Math.max(-1, choices.balance));
	const source = muted ? 0 : mate ? factor(Math.min(1, 1 - balance)) : 1;
	return {
		floor: relayed ? 0 : source,
		relay: relayed ? source : 0,
		mate: mate ? factor(Math.min(1, 1 + balance)) : 0
	};
}

/** Squared: half way on the slider sounds about half as loud. */
export function factor(slider: number): number {
	return Math.min(1, Math.max(0, slider)) ** 2;
}

/** What was kept on this device, as far as it makes sense. */
export function choicesFrom(kept: unknown): EarChoices {
	if (typeof kept !== 'object' || kept === null) return EAR_DEFAULTS;
	const read = (key: keyof EarChoices, lowest: number, highest: number): number => {
		const value: unknown = Reflect.get(kept, key);
		return typeof value === 'number' && value >= lowest && value <= highest
			? value
			: EAR_DEFAULTS[key];
	};
	return {
		volume: read('volume', 0, 1),
		bass: read('bass', -TONE_MOST_DB, TONE_MOST_DB),
		treble: read('treble', -TONE_MOST_DB, TONE_MOST_DB),
		balance: read('balance', -1, 1)
	};
}
