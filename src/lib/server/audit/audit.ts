import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import type { Actor, Scope } from '#lib/domain/access/policy.ts';
import type { Db } from '../db/database.ts';
import { auditLog } from '../db/schema.ts';
import type { Log } from '../log.ts';
import { createAuditReader, type AuditReader } from './audit-reader.ts';

export type AuditEntry = {
	/** `portal`: what it does by itself, by the clock. */
	readonly actor: Actor | 'portal';
	readonly action: AuditAction;
	readonly scope: Scope | 'platform';
	/** Whom or what it was done to, in words: an address, a name, a language. */
	readonly target?: string;
	/** What else is worth knowing later. Secrets are left out by the caller, and blanked here all the same. */
	readonly details?: Record<string, unknown>;
	/** Network address the request came from; null for the portal's own acts. */
	readonly address: string | null;
};

/** Who did what to whom, when and from where. */
export type Audit = AuditReader & {
	/** Never throws: what cannot be written is said in the log, and the act itself stands. */
	record(entry: AuditEntry): Promise<void>;
};

/** Names under which nothing is ever stored, whoever passes it. */
const SECRET_NAME = /token|password|secret|cookie|authorization|^key$|_?key_?encrypted|joincode/i;

export function createAudit(db: Db, log: Log): Audit {
	return {
		...createAuditReader(db),
		async record({ actor, action, scope, target = '', details = {}, address }) {
			const place = scope === 'platform' ? null : scope;
			const known = actor === 'portal' || actor.kind === 'anonymous' ? null : actor;
			try {
				await db.insert(auditLog).values({
					actor: known?.person ?? null,
					actorKind: actor === 'portal' ? actor : actor.kind,
					actorName: known?.name.slice(0, 200) ?? '',
					action,
					eventId: place?.event ?? null,
					roomId: place?.room ?? null,
					boothId: place?.booth ?? null,
					target: target.slice(0, 320),
					details: withoutSecrets(details),
					address: address?.slice(0, 64) ?? null
				});
			} catch (error) {
				log.error({ err: error, action }, 'not written to the audit log');
			}
		}
	};
}

export function withoutSecrets(details: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(details).map(([name, value]) => {
			if (SECRET_NAME.test(name)) return [name, '[redacted]'];
			const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
			return [name, isRecord ? withoutSecrets(value as Record<string, unknown>) : value];
		})
	);
}
