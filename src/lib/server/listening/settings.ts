import { eq } from 'drizzle-orm';
import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import type { Actor, Scope } from '#lib/domain/access/policy.ts';
import type { EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import { booths, events, rooms } from '../db/schema.ts';
import type { Channels } from '../events/channels.ts';
import type { FoundBooth, FoundEvent, FoundRoom } from '../events/events.ts';

export const LONGEST_DELAY_MS = 10_000;
export const NOTES_MAX_LENGTH = 5_000;
const MOST_ORIGINS = 20;

type By = { readonly actor: Actor; readonly address: string | null };

/** What the organiser decides about listening; callers have asked for the permission. */
export type ListeningSettings = {
	/** Holds the sound of a room's listeners back, ms. */
	setDelay(room: FoundRoom, ms: number, by: By): Promise<Result<null, 'out_of_range'>>;
	/** Whether the channel may be recorded, even on a listener's phone for a replay. */
	setConsent(booth: FoundBooth, consents: boolean, by: By): Promise<void>;
	setNotes(event: FoundEvent, notes: string, by: By): Promise<Result<null, 'too_long'>>;
	embedOrigins(event: EventId): Promise<string[]>;
	/** Sites that may show the player in a frame, as typed, one a line. */
	setEmbedOrigins(
		event: FoundEvent,
		typed: string,
		by: By
	): Promise<Result<null, 'origin_invalid'>>;
};

export function createListeningSettings({
	db,
	audit,
	channels
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	channels: Pick<Channels, 'refresh'>;
}): ListeningSettings {
	const record = (by: By, action: AuditAction, scope: Scope, target: string, details: object) =>
		audit.record({ ...by, action, scope, target, details: { ...details } });

	return {
		async setDelay({ room, scope }, ms, by) {
			if (!Number.isInteger(ms) || ms < 0 || ms > LONGEST_DELAY_MS)
				return refuse('out_of_range', `A delay is 0 to ${LONGEST_DELAY_MS} ms.`);
			await db.update(rooms).set({ listenerDelayMs: ms }).where(eq(rooms.id, room.id));
			await channels.refresh();
			await record(by, 'room.changed', scope, room.name, { listenerDelayMs: ms });
			return ok(null);
		},

		async setConsent({ booth, scope }, consents, by) {
			await db.update(booths).set({ recordingConsent: consents }).where(eq(booths.id, booth.id));
			await channels.refresh();
			await record(by, 'booth.changed', scope, booth.language, { recordingConsent: consents });
		},

		async setNotes(event, notes, by) {
			const venueNotes = notes.trim();
			if (venueNotes.length > NOTES_MAX_LENGTH)
				return refuse('too_long', 'The notes are too long.');
			await db.update(events).set({ venueNotes }).where(eq(events.id, event.id));
			await record(by, 'event.settings_changed', event.scope, event.name, { venueNotes: true });
			return ok(null);
		},

		async embedOrigins(event) {
			const [row] = await db
				.select({ origins: events.embedOrigins })
				.from(events)
				.where(eq(events.id, event));
			return row?.origins ?? [];
		},

		async setEmbedOrigins(event, typed, by) {
			const lines = typed.split(/[\s,]+/).filter((line) => line !== '');
			const origins = [...new Set(lines.map(originOf))];
			const isValid = (one: string | null): one is string => one !== null;
			if (!origins.every(isValid) || origins.length > MOST_ORIGINS)
				return refuse('origin_invalid', 'An origin looks like https://example.org.');
			await db.update(events).set({ embedOrigins: origins }).where(eq(events.id, event.id));
			await record(by, 'event.settings_changed', event.scope, event.name, {
				embedOrigins: origins
			});
			return ok(null);
		}
	};
}

/**
 * The origin of what was typed (RFC 6454 §6.2), null when it is none. It goes into a header as it is, so nothing
 * but a plain host passes; plain http only for the machine somebody develops on.
 */
export function originOf(typed: string): string | null {
	if (!URL.canParse(typed)) return null;
	const { origin, protocol, hostname, pathname, username } = new URL(typed);
	const isLocal = hostname === 'localhost' || hostname === '127.0.0.1';
	if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) return null;
	if (pathname !== '/' || username !== '' || !/^[a-z0-9.-]+$/.test(hostname)) return null;
	return origin;
}
