import { FLOOR, parseLanguage, type LanguageCode } from './language.ts';
import { ok, refuse, type Result } from './result.ts';

/**
 * The one place that builds and parses media paths.
 * Main room: `{event}/{language}`; another room: `{event}/{room}/{language}`; the floor is language `floor`.
 */
export type MediaPath = string & { readonly __mediaPath: unique symbol };

export type Channel = {
	readonly event: string;
	/** Slug of the room, or null for the event's main room. */
	readonly room: string | null;
	readonly language: LanguageCode;
};

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
export const SLUG_MAX_LENGTH = 64;

/** Lower-case letters, digits and single inner hyphens, at most 64 characters. */
export function isSlug(text: string): boolean {
	return text.length <= SLUG_MAX_LENGTH && SLUG.test(text);
}

export function mediaPath({ event, room, language }: Channel): MediaPath {
	return (room === null ? `${event}/${language}` : `${event}/${room}/${language}`) as MediaPath;
}

export function floorPath(event: string, room: string | null): MediaPath {
	return mediaPath({ event, room, language: FLOOR });
}

/** Reads a path back; refusal `path_invalid` when it is not one of ours. */
export function parseMediaPath(path: string): Result<Channel, 'path_invalid'> {
	const parts = path.split('/');
	const [event, middle, last] = parts;
	const code = parts.length === 3 ? last : middle;
	const room = parts.length === 3 ? middle : null;
	if (event && code && (parts.length === 2 || parts.length === 3)) {
		const language = parseLanguage(code);
		if (isSlug(event) && (room === null || (room !== undefined && isSlug(room))) && language.ok)
			return ok({ event, room: room ?? null, language: language.value });
	}
	return refuse(
		'path_invalid',
		`"${path}" is not {event}/{language} or {event}/{room}/{language}.`
	);
}
