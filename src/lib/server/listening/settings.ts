import { eq } from 'drizzle-orm';
import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import type { Actor, Scope } from '#lib/domain/access/policy.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import { booths, events, rooms } from '../db/schema.ts';
import type { Channels } from '../events/channels.ts';
import type { FoundBooth, FoundEvent, FoundRoom } from '../events/events.ts';

export const LONGEST_DELAY_MS = 10_000;
export const NOTES_MAX_LENGTH = 5_000;

type By = { readonly actor: Actor; readonly address: string | null };

/** What the organiser decides about listening; callers have asked for the permission. */
export type ListeningSettings = {
	/** Holds the sound of a room's listeners back, ms. */
	setDelay(room: FoundRoom, ms: number, by: By): Promise<Result<null, 'out_of_range'>>;
	/** Whether the channel may be recorded, even on a listener's phone for a replay. */
	setConsent(booth: FoundBooth, consents: boolean, by: By): Promise<void>;
	setNotes(event: FoundEvent, notes: string, by: By): Promise<Result<null, 'too_long'>>;
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
		}
	};
}
