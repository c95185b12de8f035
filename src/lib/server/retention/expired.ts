import { sql, type SQL } from 'drizzle-orm';
import {
	attempts,
	auditLog,
	booths,
	captionTrials,
	chatMessages,
	events,
	feedback,
	guests,
	oneTimeSecrets,
	segments,
	sessions
} from '../db/schema.ts';

/** What is deleted when its time is over; the words of the log and the audit. */
export const KEPT_KINDS = [
	'captions',
	'chat',
	'feedback',
	'audit',
	'guests',
	'one_time_secrets',
	'sessions',
	'attempts',
	'trials'
] as const;
export type KeptKind = (typeof KEPT_KINDS)[number];

/** What expired is kept for so long all the same, so that somebody who asks why can be answered. */
const GRACE = sql`interval '1 day'`;
/** The record of changes of the installation, and of events that are gone. */
const PLATFORM_AUDIT_DAYS = 730;

/**
 * Deletes at most `batch` rows of a kind whose time is over at `now`, the oldest first, and answers with
 * the event of each (`event`; null: of no event).
 */
export function deletion(kind: KeptKind, now: Date, batch: number): SQL {
	const days = (column: SQL): SQL => sql`make_interval(days => ${column})`;
	const at = sql`${now.toISOString()}::timestamptz`;
	switch (kind) {
		case 'captions':
			return sql`delete from ${segments} where id in (
				select s.id from ${segments} s join ${events} e on e.id = s.event_id
				where s.ended_at < ${at} - ${days(sql`e.caption_retention_days`)}
				order by s.ended_at limit ${batch}) returning event_id as event`;
		case 'chat':
			return sql`delete from ${chatMessages} c using ${booths} b
				where b.id = c.booth_id and c.id in (
				select m.id from ${chatMessages} m
				join ${booths} o on o.id = m.booth_id join ${events} e on e.id = o.event_id
				where m.sent_at < ${at} - ${days(sql`e.chat_retention_days`)}
				order by m.sent_at limit ${batch}) returning b.event_id as event`;
		case 'feedback':
			return sql`delete from ${feedback} f using ${booths} b
				where b.id = f.booth_id and f.id in (
				select m.id from ${feedback} m
				join ${booths} o on o.id = m.booth_id join ${events} e on e.id = o.event_id
				where m.happened_at < ${at} - ${days(sql`e.feedback_retention_days`)}
				order by m.happened_at limit ${batch}) returning b.event_id as event`;
		case 'audit':
			// An event may keep its record for ever; what belongs to none has the installation's time.
			return sql`delete from ${auditLog} where id in (
				select a.id from ${auditLog} a left join ${events} e on e.id = a.event_id
				where a.at < ${at} - ${days(
					sql`case when e.id is null then ${PLATFORM_AUDIT_DAYS} else e.audit_retention_days end`
				)} order by a.id limit ${batch}) returning event_id as event`;
		case 'guests':
			return expired(sql`${guests}`, 'id', 'expires_at', at, batch);
		case 'one_time_secrets':
			return expired(sql`${oneTimeSecrets}`, 'secret_hash', 'expires_at', at, batch);
		case 'sessions':
			return expired(sql`${sessions}`, 'id', 'expires_at', at, batch);
		case 'attempts':
			return expired(sql`${attempts}`, 'key', 'ends_at', at, batch);
		case 'trials':
			return expired(sql`${captionTrials}`, 'id', 'created_at', at, batch);
	}
}

function expired(table: SQL, id: string, column: string, at: SQL, batch: number): SQL {
	const key = sql.identifier(id);
	const time = sql.identifier(column);
	return sql`delete from ${table} where ${key} in (
		select ${key} from ${table} where ${time} < ${at} - ${GRACE}
		order by ${time} limit ${batch}) returning null::int as event`;
}
