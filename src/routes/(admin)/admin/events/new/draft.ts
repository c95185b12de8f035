import type { ListenerAccess } from '#lib/server/events/events.ts';

/** Steps of the wizard, in order. */
export const STEPS = ['event', 'rooms', 'languages', 'people'] as const;
export type Step = (typeof STEPS)[number];

/** What was typed so far; travels with the form from step to step, so that going back loses nothing. */
export type Draft = {
	readonly name: string;
	readonly slug: string;
	readonly timeZone: string;
	readonly startsOn: string;
	readonly endsOn: string;
	readonly access: ListenerAccess;
	readonly rooms: readonly string[];
	/** Codes for each room, by its place in `rooms`. */
	readonly languages: readonly (readonly string[])[];
	/** Links for each booth. */
	readonly interpreters: number;
	/** A link for each room's technician. */
	readonly technicians: boolean;
};

export const EMPTY_DRAFT: Draft = {
	name: '',
	slug: '',
	timeZone: 'UTC',
	startsOn: '',
	endsOn: '',
	access: 'code',
	rooms: [],
	languages: [],
	interpreters: 2,
	technicians: true
};

export const INTERPRETERS_MAX = 4;

export function isStep(text: string): text is Step {
	return STEPS.some((step) => step === text);
}

/** The draft as hidden fields, without those the shown step has inputs for. */
export function hiddenFields(draft: Draft, shown: Step): { name: string; value: string }[] {
	const pair = (name: string, value: string) => ({ name, value });
	return [
		...(shown === 'event'
			? []
			: [
					pair('name', draft.name),
					pair('slug', draft.slug),
					pair('timeZone', draft.timeZone),
					pair('startsOn', draft.startsOn),
					pair('endsOn', draft.endsOn),
					pair('access', draft.access)
				]),
		...(shown === 'rooms' ? [] : draft.rooms.map((name) => pair('room', name))),
		...(shown === 'languages'
			? []
			: draft.languages.flatMap((codes, index) =>
					codes.map((code) => pair(`language-${index}`, code))
				)),
		...(shown === 'people'
			? []
			: [
					pair('interpreters', String(draft.interpreters)),
					...(draft.technicians ? [pair('technicians', 'on')] : [])
				])
	];
}
