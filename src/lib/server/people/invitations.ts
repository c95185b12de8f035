import { and, asc, count, desc, eq, ilike, inArray, or, type SQL } from 'drizzle-orm';
import { mayGrant, type MemberRole } from '#lib/domain/access/granting.ts';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import type { Role, Scope } from '#lib/domain/access/policy.ts';
import type { EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { Db } from '../db/database.ts';
import { invites, inviteUses } from '../db/schema.ts';
import type { By } from './members.ts';
import { scopeOf, type Sight } from './places.ts';

export const INVITE_DAYS_MAX = 14;
export const INVITE_USES_MAX = 500;
const DAY_MS = 24 * 3_600_000;
/** More uses than this are counted, not named, so that a list stays readable. */
const USES_SHOWN = 5;

export type InviteStatus = 'open' | 'used' | 'expired' | 'revoked';

export type Invitation = {
	readonly id: string;
	readonly role: string;
	readonly roomId: number | null;
	readonly boothId: number | null;
	readonly label: string;
	readonly email: string | null;
	readonly sentAt: Date | null;
	readonly status: InviteStatus;
	readonly uses: number;
	/** Null: any number. */
	readonly maxUses: number | null;
	readonly expiresAt: Date;
	readonly madeBy: string;
	readonly madeAt: Date;
	/** The latest who came by it. */
	readonly usedBy: readonly { readonly name: string; readonly at: Date }[];
};

export type InviteWish = {
	readonly role: MemberRole;
	readonly label: string;
	readonly email: string | null;
	/** Null: any number of people. */
	readonly maxUses: number | null;
	/** 1 to INVITE_DAYS_MAX. */
	readonly days: number;
};

/** The secret is the last part of the link; it is not stored, so this is the only time to show or send it. */
export type MadeInvite = {
	readonly id: string;
	readonly secret: string;
	readonly scope: Scope;
	readonly role: string;
	readonly email: string | null;
	readonly expiresAt: Date;
};

export type Invitations = {
	/** Newest first; `total` counts all that match. Three queries. */
	list(
		event: EventId,
		sight: Sight,
		search: string,
		page: { readonly offset: number; readonly limit: number }
	): Promise<{ rows: Invitation[]; total: number }>;
	make(by: By, scope: Scope, wish: InviteWish): Promise<Result<MadeInvite, 'not_allowed'>>;
	/**
	 * A new link for the same invitation, valid anew for as long as the first was, since nobody knows the old
	 * link any more. The old one stops working; who came by it stays.
	 */
	remake(
		by: By,
		event: EventId,
		invite: string
	): Promise<Result<MadeInvite, 'not_found' | 'not_allowed' | 'invite_revoked'>>;
	/** Withdraws it; guests who came by it lose their seat and sockets at once. */
	revoke(
		by: By,
		event: EventId,
		invite: string
	): Promise<Result<null, 'not_found' | 'not_allowed'>>;
	/** Notes that the link was sent by mail. */
	sent(by: By, made: MadeInvite): Promise<void>;
};

export function createInvitations({
	db,
	audit,
	rights,
	now = Date.now
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	rights: { changed(what: { invite: string }): Promise<void> };
	now?: () => number;
}): Invitations {
	async function find(event: EventId, invite: string) {
		const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(invite);
		const [row] = isId
			? await db
					.select()
					.from(invites)
					.where(and(eq(invites.id, invite), eq(invites.eventId, event)))
			: [];
		return row ?? null;
	}

	/** The invitation, if it is of this event and its role is one that `by` could give. */
	async function own(by: By, event: EventId, invite: string) {
		const row = await find(event, invite);
		if (!row) return refuse('not_found', 'There is no such invitation here.');
		const scope = scopeOf(event, row.roomId, row.boothId);
		if (!mayGrant(by.actor, row.role as Role, scope))
			return refuse('not_allowed', 'This invitation is not yours to change.');
		return ok({ row, scope });
	}

	return {
		async list(event, sight, search, { offset, limit }) {
			const where = and(eq(invites.eventId, event), seen(sight), found(search));
			const [rows, [counted]] = await Promise.all([
				db
					.select()
					.from(invites)
					.where(where)
					.orderBy(desc(invites.createdAt), asc(invites.id))
					.limit(limit)
					.offset(offset),
				db.select({ total: count() }).from(invites).where(where)
			]);
			const uses = await usesOf(db, rows);
			return {
				total: counted?.total ?? 0,
				rows: rows.map((row) => ({
					id: row.id,
					role: row.role,
					roomId: row.roomId,
					boothId: row.boothId,
					label: row.label,
					email: row.email,
					sentAt: row.sentAt,
					status: statusOf(row, now()),
					uses: row.uses,
					maxUses: row.maxUses,
					expiresAt: row.expiresAt,
					madeBy: row.createdByName,
					madeAt: row.createdAt,
					usedBy: (uses.get(row.id) ?? []).slice(0, USES_SHOWN)
				}))
			};
		},

		async make(by, scope, { role, label, email, maxUses, days }) {
			if (!mayGrant(by.actor, role, scope))
				return refuse('not_allowed', 'You may not give this role here.');
			const secret = newSecret();
			const known = by.actor.kind === 'anonymous' ? null : by.actor;
			const address = email === null ? null : normaliseEmail(email);
			const [row] = await db
				.insert(invites)
				.values({
					tokenHash: hashSecret(secret),
					eventId: scope.event,
					roomId: scope.room ?? null,
					boothId: scope.booth ?? null,
					role,
					label,
					email: address,
					maxUses,
					createdBy: known?.person ?? null,
					createdByName: known?.name ?? '',
					createdAt: new Date(now()),
					expiresAt: new Date(now() + Math.min(days, INVITE_DAYS_MAX) * DAY_MS)
				})
				.returning();
			if (!row) throw new Error('the invitation was not stored');
			const target = address ?? label;
			const details = { role, maxUses, days };
			await audit.record({ ...by, action: 'invite.made', scope, target, details });
			return ok({
				...{ id: row.id, secret, scope, role },
				email: address,
				expiresAt: row.expiresAt
			});
		},

		async remake(by, event, invite) {
			const mine = await own(by, event, invite);
			if (!mine.ok) return mine;
			const { row, scope } = mine.value;
			if (row.revokedAt)
				return refuse('invite_revoked', 'This invitation was withdrawn. Make a new one.');
			const secret = newSecret();
			const lifetimeMs = Math.min(
				Math.max(row.expiresAt.getTime() - row.createdAt.getTime(), DAY_MS),
				INVITE_DAYS_MAX * DAY_MS
			);
			const expiresAt = new Date(now() + lifetimeMs);
			// A single use that was made is given once more: the one who asks means to let somebody in.
			const maxUses = row.maxUses === null ? null : Math.max(row.maxUses, row.uses + 1);
			await db
				.update(invites)
				.set({ tokenHash: hashSecret(secret), expiresAt, maxUses })
				.where(eq(invites.id, row.id));
			const target = row.email ?? row.label;
			await audit.record({ ...by, action: 'invite.remade', scope, target });
			return ok({ ...{ id: row.id, secret, scope, role: row.role }, email: row.email, expiresAt });
		},

		async revoke(by, event, invite) {
			const mine = await own(by, event, invite);
			if (!mine.ok) return mine;
			const { row, scope } = mine.value;
			if (row.revokedAt === null)
				await db
					.update(invites)
					.set({ revokedAt: new Date(now()) })
					.where(eq(invites.id, row.id));
			const target = row.email ?? row.label;
			await audit.record({ ...by, action: 'invite.revoked', scope, target });
			await rights.changed({ invite: row.id });
			return ok(null);
		},

		async sent(by, { id, scope, email }) {
			await db
				.update(invites)
				.set({ sentAt: new Date(now()) })
				.where(eq(invites.id, id));
			await audit.record({ ...by, action: 'invite.sent', scope, target: email ?? '' });
		}
	};
}

function statusOf(row: typeof invites.$inferSelect, at: number): InviteStatus {
	if (row.revokedAt) return 'revoked';
	if (row.expiresAt.getTime() <= at) return 'expired';
	return row.maxUses !== null && row.uses >= row.maxUses ? 'used' : 'open';
}

async function usesOf(db: Db, rows: readonly { id: string }[]) {
	const used = new Map<string, { name: string; at: Date }[]>();
	if (rows.length === 0) return used;
	const all = await db
		.select()
		.from(inviteUses)
		.where(
			inArray(
				inviteUses.inviteId,
				rows.map(({ id }) => id)
			)
		)
		.orderBy(desc(inviteUses.usedAt))
		.limit(1_000);
	for (const { inviteId, name, usedAt } of all)
		used.set(inviteId, [...(used.get(inviteId) ?? []), { name, at: usedAt }]);
	return used;
}

function seen(sight: Sight): SQL | undefined {
	return sight === 'all' ? undefined : inArray(invites.roomId, [...sight.rooms]);
}

function found(search: string): SQL | undefined {
	const text = search.trim();
	if (text === '') return undefined;
	const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
	return or(ilike(invites.label, pattern), ilike(invites.email, pattern));
}
