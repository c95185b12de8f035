import { languageNames } from '#lib/client/language-names.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

const ROLES: Readonly<Record<string, () => string>> = {
	owner: m.people_role_owner,
	coordinator: m.people_role_coordinator,
	interpreter: m.people_role_interpreter,
	support: m.people_role_support,
	listener: m.people_role_listener
};

/** A role in the reader's language. */
export function roleText(role: string): string {
	return (ROLES[role] ?? (() => role))();
}

/** A place of an event in words: the event, a room, or a room and one of its booths. */
export function placeText(place: { room: string | null; language: string | null } | null): string {
	if (place === null) return m.people_place_gone();
	if (place.room === null) return m.people_place_event();
	if (place.language === null) return place.room;
	const language =
		place.language === FLOOR
			? m.people_place_floor()
			: languageNames(place.language, getLocale()).reader;
	return `${place.room} · ${language}`;
}

const REFUSALS: Readonly<Record<string, () => string>> = {
	not_allowed: m.people_refused_not_allowed,
	not_found: m.people_refused_not_found,
	last_owner: m.people_refused_last_owner,
	invite_revoked: m.people_refused_invite_revoked,
	mail_off: m.people_refused_mail_off,
	mail_failed: m.people_refused_mail_failed
};

/** Why something was not done, and what to do instead. */
export function refusalText(code: string): string {
	return (REFUSALS[code] ?? m.people_refused_other)();
}

export function dayText(at: Date): string {
	return at.toLocaleDateString(getLocale(), { dateStyle: 'medium' });
}

export function momentText(at: Date): string {
	return at.toLocaleString(getLocale(), { dateStyle: 'medium', timeStyle: 'short' });
}
