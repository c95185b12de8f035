import { and, desc, eq, gte, ilike, lt, or, type SQL } from 'drizzle-orm';
import { AUDIT_ACTIONS, type AuditAction } from '#lib/domain/access/audit-actions.ts';
import type { EventId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { auditLog, events } from '../db/schema.ts';

export type AuditFilter = {
	/** Null: the whole platform. */
	readonly event: EventId | null;
	/** Part of a name, of what it was done to, or of an address. */
	readonly search: string;
	readonly action: AuditAction | null;
	readonly since: Date | null;
	readonly until: Date | null;
};

export type AuditRow = {
	readonly id: number;
	readonly at: Date;
	readonly actorKind: string;
	readonly actorName: string;
	readonly action: string;
	/** Slug of the event, as long as there is one. */
	readonly event: string | null;
	readonly target: string;
	readonly details: Record<string, unknown>;
	readonly address: string | null;
};

export type AuditPage = {
	readonly rows: readonly AuditRow[];
	/** To read on from; null at the end. */
	readonly older: number | null;
};

export type AuditReader = {
	/** Newest first, rows before the entry with the id `before` (null: from the newest). One query. */
	page(filter: AuditFilter, before: number | null, limit: number): Promise<AuditPage>;
};

export function createAuditReader(db: Db): AuditReader {
	return {
		async page(filter, before, limit) {
			const rows = await db
				.select({ row: auditLog, event: events.slug })
				.from(auditLog)
				.leftJoin(events, eq(events.id, auditLog.eventId))
				.where(and(...conditions(filter), before === null ? undefined : lt(auditLog.id, before)))
				.orderBy(desc(auditLog.id))
				.limit(limit + 1);
			const shown = rows.slice(0, limit).map(({ row, event }) => ({ ...row, event }));
			return { rows: shown, older: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
		}
	};
}

function conditions({ event, search, action, since, until }: AuditFilter): (SQL | undefined)[] {
	const pattern = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`;
	return [
		event === null ? undefined : eq(auditLog.eventId, event),
		action === null ? undefined : eq(auditLog.action, action),
		since === null ? undefined : gte(auditLog.at, since),
		until === null ? undefined : lt(auditLog.at, until),
		search.trim() === ''
			? undefined
			: or(
					ilike(auditLog.actorName, pattern),
					ilike(auditLog.target, pattern),
					ilike(auditLog.address, pattern)
				)
	];
}

export function isAuditAction(text: string): text is AuditAction {
	return AUDIT_ACTIONS.some((known) => known === text);
}
