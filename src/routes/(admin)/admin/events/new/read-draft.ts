import { parseSlug } from '#lib/domain/slug.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import {
	BOOTHS_PER_ROOM_MAX,
	parseLanguages,
	parseName,
	ROOMS_MAX
} from '#lib/server/events/event-plan.ts';
import { isTimeZone } from '#lib/server/events/zoned-time.ts';
import { field } from '#lib/server/http/desk-place.ts';
import { INTERPRETERS_MAX, type Draft, type Step } from './draft.ts';

const DAY = /^(\d{4}-\d{2}-\d{2})?$/;

export function readDraft(form: FormData): Draft {
	const access = field(form, 'access');
	const rooms = form
		.getAll('room')
		.filter((each) => typeof each === 'string')
		.map((name) => name.slice(0, 300).trim())
		.filter((name) => name !== '')
		.slice(0, ROOMS_MAX);
	return {
		name: field(form, 'name', 300),
		slug: field(form, 'slug', 100),
		timeZone: field(form, 'timeZone', 64),
		startsOn: field(form, 'startsOn', 10),
		endsOn: field(form, 'endsOn', 10),
		access: access === 'open' || access === 'invite' ? access : 'code',
		rooms,
		languages: rooms.map((_, index) => [
			...new Set([
				...form.getAll(`language-${index}`).filter((each) => typeof each === 'string'),
				...field(form, `other-${index}`, 500)
					.split(/[\s,;]+/)
					.filter((each) => each !== '')
			])
		]),
		interpreters: Math.min(INTERPRETERS_MAX, Math.max(0, Number(field(form, 'interpreters')) || 0)),
		technicians: form.has('technicians')
	};
}

/** A fault of one step; `at` is the room it is about, where it is about one. */
export type DraftFault = { readonly code: string; readonly at: number | null };

/** Judges one step, so that the wizard never goes on with what it would refuse at the end. */
export function judgeStep(draft: Draft, step: Step): DraftFault | null {
	switch (step) {
		case 'event': {
			const name = parseName(draft.name);
			if (!name.ok) return { code: name.error.code, at: null };
			const slug = draft.slug.trim() === '' ? null : parseSlug(draft.slug);
			if (slug?.ok === false) return { code: slug.error.code, at: null };
			if (!isTimeZone(draft.timeZone)) return { code: 'time_zone_unknown', at: null };
			if (!DAY.test(draft.startsOn) || !DAY.test(draft.endsOn))
				return { code: 'date_invalid', at: null };
			const backwards = draft.endsOn !== '' && draft.endsOn < draft.startsOn;
			return backwards ? { code: 'dates_backwards', at: null } : null;
		}
		case 'rooms': {
			if (draft.rooms.length === 0) return { code: 'rooms_missing', at: 0 };
			const long = draft.rooms.findIndex((name) => !parseName(name).ok);
			return long < 0 ? null : { code: 'name_long', at: long };
		}
		case 'languages': {
			const wrong = draft.languages.findIndex((codes) => !parseLanguages(codes).ok);
			if (wrong >= 0) return { code: 'language_invalid', at: wrong };
			const full = draft.languages.findIndex((codes) => codes.length > BOOTHS_PER_ROOM_MAX);
			return full < 0 ? null : { code: 'too_many', at: full };
		}
		case 'people':
			return null;
	}
}

/** Rooms as the service takes them. */
export function plansOf(
	draft: Draft
): Result<{ name: string; slug: null; languages: LanguageCode[] }[], 'language_invalid'> {
	const plans = [];
	for (const [index, name] of draft.rooms.entries()) {
		const languages = parseLanguages(draft.languages[index] ?? []);
		if (!languages.ok) return refuse(languages.error.code, languages.error.message);
		plans.push({ name, slug: null, languages: languages.value });
	}
	return ok(plans);
}
