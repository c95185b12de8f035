import { m } from '#lib/paraglide/messages.js';

/** What a refused act means, in the reader's language; codes are those of the organising service. */
const WORDS: Readonly<Record<string, () => string>> = {
	name_missing: m.desk_refused_name_missing,
	name_long: m.desk_refused_name_long,
	slug_invalid: m.desk_refused_slug_invalid,
	slug_reserved: m.desk_refused_slug_reserved,
	slug_taken: m.desk_refused_slug_taken,
	time_zone_unknown: m.desk_refused_time_zone,
	dates_backwards: m.desk_refused_dates_backwards,
	date_invalid: m.desk_refused_date_invalid,
	days_invalid: m.desk_refused_days_invalid,
	in_use: m.desk_refused_in_use,
	room_is_main: m.desk_refused_room_is_main,
	booth_is_floor: m.desk_refused_booth_is_floor,
	language_invalid: m.desk_refused_language_invalid,
	language_missing: m.desk_refused_language_missing,
	language_taken: m.desk_refused_language_taken,
	too_many: m.desk_refused_too_many,
	rooms_missing: m.desk_refused_rooms_missing,
	title_missing: m.desk_refused_title_missing,
	too_long: m.desk_refused_too_long,
	starts_invalid: m.desk_refused_starts_invalid,
	ends_invalid: m.desk_refused_ends_invalid,
	ends_before_start: m.desk_refused_ends_before_start,
	session_long: m.desk_refused_session_long,
	confirm_wrong: m.desk_refused_confirm_wrong,
	file_missing: m.desk_refused_file_missing,
	file_large: m.desk_refused_file_large,
	file_invalid: m.desk_refused_file_invalid,
	not_found: m.desk_refused_not_found
};

export function refusalText(code: string): string {
	return (WORDS[code] ?? m.desk_refused_other)();
}

/** The fault of one field, when the refusal is about it. */
export function faultOf(
	code: string | null | undefined,
	...codes: readonly string[]
): string | undefined {
	return code && codes.includes(code) ? refusalText(code) : undefined;
}
