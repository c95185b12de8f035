import { z } from 'zod';
import { FLOOR, parseLanguage, type LanguageCode } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { parseSlug } from '#lib/domain/slug.ts';
import { BOOTHS_PER_ROOM_MAX, NAME_MAX_LENGTH, ROOMS_MAX } from './event-plan.ts';
import { checkSession, TITLE_MAX_LENGTH } from './schedule.ts';
import { isTimeZone } from './zoned-time.ts';

/**
 * An event as a file to keep, edit and bring in elsewhere. It carries no secret: no join code, no invitation, no
 * person, no provider key. `version` rises when a file of before could be misread.
 */
export const EVENT_FILE_VERSION = 1;
/** Far more than any programme; a bigger file is something else. */
export const EVENT_FILE_MAX_BYTES = 2_000_000;

const language = z.string().transform((text, context): LanguageCode => {
	const code = parseLanguage(text);
	if (code.ok && code.value !== FLOOR) return code.value;
	context.addIssue({
		code: 'custom',
		message: `"${text}" is not a language code such as fr or pt-BR`
	});
	return z.NEVER;
});
const slug = z.string().transform((text, context): string => {
	const parsed = parseSlug(text);
	if (parsed.ok) return parsed.value;
	context.addIssue({ code: 'custom', message: parsed.error.message });
	return z.NEVER;
});
const name = z.string().trim().min(1).max(NAME_MAX_LENGTH);
const day = z.iso.date().nullable().default(null);
const days = z.int().min(1).max(36_500).nullable();

const session = z.strictObject({
	title: z.string().trim().min(1).max(TITLE_MAX_LENGTH),
	/** Time at the event, `2026-11-24T09:30`. */
	starts: z.string(),
	ends: z.string(),
	description: z.string().default(''),
	speakers: z.string().default(''),
	interpreters: z.record(z.string(), z.string()).default({})
});

export const eventFile = z
	.strictObject({
		format: z.literal('voxbento-event'),
		version: z.literal(EVENT_FILE_VERSION),
		name,
		slug,
		timeZone: z.string().refine(isTimeZone, 'is not a time zone such as Europe/Berlin'),
		startsOn: day,
		endsOn: day,
		venueNotes: z.string().max(20_000).default(''),
		listenerAccess: z.enum(['open', 'code', 'invite']).default('code'),
		retentionDays: z
			.strictObject({ captions: days, chat: days, feedback: days, audit: days })
			.partial()
			.default({}),
		rooms: z
			.array(
				z.strictObject({
					name,
					slug,
					languages: z.array(language).max(BOOTHS_PER_ROOM_MAX),
					sessions: z.array(session).max(2_000).default([])
				})
			)
			.min(1)
			.max(ROOMS_MAX)
	})
	.superRefine((file, context) => {
		const slugs = new Set<string>();
		for (const [index, room] of file.rooms.entries()) {
			if (slugs.has(room.slug))
				context.addIssue({
					code: 'custom',
					path: ['rooms', index, 'slug'],
					message: `another room has the address "${room.slug}"`
				});
			slugs.add(room.slug);
			for (const [at, each] of room.languages.entries())
				if (room.languages.indexOf(each) < at)
					context.addIssue({
						code: 'custom',
						path: ['rooms', index, 'languages', at],
						message: `"${each}" is there twice`
					});
			if (!isTimeZone(file.timeZone)) continue;
			for (const [at, each] of room.sessions.entries()) {
				const checked = checkSession(file.timeZone, typed(each));
				if (!checked.ok)
					context.addIssue({
						code: 'custom',
						path: ['rooms', index, 'sessions', at],
						message: checked.error.message
					});
			}
		}
		if (file.startsOn !== null && file.endsOn !== null && file.endsOn < file.startsOn)
			context.addIssue({
				code: 'custom',
				path: ['endsOn'],
				message: 'the event ends before it begins'
			});
	});

export type EventFile = z.infer<typeof eventFile>;

/** One fault of a file: where it is (`rooms[1].languages[0]`; empty: the file itself) and what is wrong. */
export type FileFault = { readonly at: string; readonly message: string };

/** Reads a file; a bad one gets every fault with its place. */
export function parseEventFile(
	text: string
): Result<EventFile, 'file_invalid'> & { readonly faults?: readonly FileFault[] } {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		const message = error instanceof Error ? error.message : 'is not JSON';
		return { ...refuse('file_invalid', 'The file is not JSON.'), faults: [{ at: '', message }] };
	}
	const parsed = eventFile.safeParse(json);
	if (parsed.success) return ok(parsed.data);
	const faults = parsed.error.issues.map(({ path, message }) => ({ at: placeOf(path), message }));
	return { ...refuse('file_invalid', `The file has ${faults.length} faults.`), faults };
}

/** A session of a file as the schedule's form would send it. */
export function typed(each: z.infer<typeof session>) {
	return {
		title: each.title,
		startsAt: each.starts,
		endsAt: each.ends,
		description: each.description,
		speakers: each.speakers,
		interpreters: each.interpreters
	};
}

function placeOf(path: readonly PropertyKey[]): string {
	return path
		.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
		.join('')
		.replace(/^\./, '');
}
