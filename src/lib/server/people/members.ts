import { and, asc, count, eq, ilike, inArray, isNull, or, type SQL } from 'drizzle-orm';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import { keepsAnOwner, mayGrant, type MemberRole } from '#lib/domain/access/granting.ts';
import type { Actor, Role, Scope } from '#lib/domain/access/policy.ts';
import { userId, type EventId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import { events, memberships, users } from '../db/schema.ts';
import { scopeOf, type Sight } from './places.ts';

export type Member = {
	readonly id: number;
	readonly user: UserId;
	readonly name: string;
	readonly email: string;
	/** Deactivated accounts stay members and may do nothing. */
	readonly active: boolean;
	readonly role: string;
	readonly roomId: number | null;
	readonly boothId: number | null;
	readonly since: Date;
};

/** Who asks, and from where; both go to the audit log. */
export type By = { readonly actor: Actor; readonly address: string | null };

export type Members = {
	/** Sorted by name; `total` counts all that match. Two queries. */
	list(
		event: EventId,
		sight: Sight,
		search: string,
		page: { readonly offset: number; readonly limit: number }
	): Promise<{ rows: Member[]; total: number }>;
	/** The account with this address, if it may sign in. */
	account(email: string): Promise<{ user: UserId; name: string } | null>;
	/**
	 * Gives an account a role at a place, instead of the one it may have there already.
	 *
	 * @returns whether they belonged there before
	 */
	put(
		by: By,
		scope: Scope,
		user: UserId,
		role: MemberRole
	): Promise<Result<'added' | 'changed' | 'same', 'not_allowed' | 'last_owner'>>;
	/** Another role at the same place. A membership of another event is not found. */
	change(
		by: By,
		event: EventId,
		membership: number,
		role: MemberRole
	): Promise<Result<null, 'not_found' | 'not_allowed' | 'last_owner'>>;
	/** Takes the role away; everybody may give up their own. */
	remove(
		by: By,
		event: EventId,
		membership: number
	): Promise<Result<null, 'not_found' | 'not_allowed' | 'last_owner'>>;
};

type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

export function createMembers({
	db,
	audit,
	rights
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	/** Ends at once what somebody may not do any more. */
	rights: { changed(what: { user: UserId }): Promise<void> };
}): Members {
	/** One at a time for an event, so that two last owners cannot each let the other go. */
	function oneAtATime<T>(event: EventId, work: (tx: Tx) => Promise<T>): Promise<T> {
		return db.transaction(async (tx) => {
			await tx.select({ id: events.id }).from(events).where(eq(events.id, event)).for('update');
			return work(tx);
		});
	}

	async function find(tx: Tx, event: EventId, membership: number) {
		const [row] = await tx
			.select({ member: memberships, email: users.email })
			.from(memberships)
			.innerJoin(users, eq(users.id, memberships.userId))
			.where(and(eq(memberships.id, membership), eq(memberships.eventId, event)));
		return row ?? null;
	}

	return {
		async list(event, sight, search, { offset, limit }) {
			const where = and(eq(memberships.eventId, event), seen(sight), found(search));
			const [rows, [counted]] = await Promise.all([
				db
					.select({ member: memberships, account: users })
					.from(memberships)
					.innerJoin(users, eq(users.id, memberships.userId))
					.where(where)
					.orderBy(asc(users.displayName), asc(memberships.id))
					.limit(limit)
					.offset(offset),
				db
					.select({ total: count() })
					.from(memberships)
					.innerJoin(users, eq(users.id, memberships.userId))
					.where(where)
			]);
			return {
				total: counted?.total ?? 0,
				rows: rows.map(({ member, account }) => ({
					id: member.id,
					user: userId(account.id),
					name: account.displayName,
					email: account.email,
					active: account.isActive,
					role: member.role,
					roomId: member.roomId,
					boothId: member.boothId,
					since: member.createdAt
				}))
			};
		},

		async account(email) {
			const [row] = await db
				.select()
				.from(users)
				.where(and(eq(users.email, normaliseEmail(email)), eq(users.isActive, true)));
			return row ? { user: userId(row.id), name: row.displayName } : null;
		},

		async put(by, scope, user, role) {
			if (!mayGrant(by.actor, role, scope)) return NOT_ALLOWED;
			const done = await oneAtATime(scope.event, async (tx) => {
				const [had] = await tx
					.select()
					.from(memberships)
					.where(and(eq(memberships.userId, user), at(scope)));
				if (had?.role === role) return ok('same' as const);
				if (had && !mayGrant(by.actor, had.role as Role, scope)) return NOT_ALLOWED;
				const kept = had ? await ownerKept(tx, scope, user, role) : ok(null);
				if (!kept.ok) return kept;
				if (had) await tx.update(memberships).set({ role }).where(eq(memberships.id, had.id));
				else
					await tx.insert(memberships).values({
						userId: user,
						eventId: scope.event,
						roomId: scope.room ?? null,
						boothId: scope.booth ?? null,
						role
					});
				return ok(had ? ('changed' as const) : ('added' as const));
			});
			if (!done.ok || done.value === 'same') return done;
			const action = done.value === 'added' ? 'member.added' : 'member.role_changed';
			await audit.record({
				...by,
				action,
				scope,
				target: await emailOf(db, user),
				details: { role }
			});
			if (done.value === 'changed') await rights.changed({ user });
			return done;
		},

		async change(by, event, membership, role) {
			const found = await oneAtATime(event, async (tx) => {
				const row = await find(tx, event, membership);
				if (!row) return NOT_FOUND;
				const { member } = row;
				const scope = scopeOf(event, member.roomId, member.boothId);
				if (!mayGrant(by.actor, role, scope)) return NOT_ALLOWED;
				if (!mayGrant(by.actor, member.role as Role, scope)) return NOT_ALLOWED;
				const kept = await ownerKept(tx, scope, userId(member.userId), role);
				if (!kept.ok) return kept;
				await tx.update(memberships).set({ role }).where(eq(memberships.id, member.id));
				return ok({ ...row, scope });
			});
			if (!found.ok) return found;
			const { member, email, scope } = found.value;
			const details = { from: member.role, to: role };
			await audit.record({ ...by, action: 'member.role_changed', scope, target: email, details });
			await rights.changed({ user: userId(member.userId) });
			return ok(null);
		},

		async remove(by, event, membership) {
			const found = await oneAtATime(event, async (tx) => {
				const row = await find(tx, event, membership);
				if (!row) return NOT_FOUND;
				const { member } = row;
				const scope = scopeOf(event, member.roomId, member.boothId);
				const isOwn = by.actor.kind === 'user' && by.actor.user === member.userId;
				if (!isOwn && !mayGrant(by.actor, member.role as Role, scope)) return NOT_ALLOWED;
				const kept = await ownerKept(tx, scope, userId(member.userId), null);
				if (!kept.ok) return kept;
				await tx.delete(memberships).where(eq(memberships.id, member.id));
				return ok({ ...row, scope });
			});
			if (!found.ok) return found;
			const { member, email, scope } = found.value;
			const details = { role: member.role };
			await audit.record({ ...by, action: 'member.removed', scope, target: email, details });
			await rights.changed({ user: userId(member.userId) });
			return ok(null);
		}
	};
}

const NOT_FOUND = refuse('not_found', 'There is no such member here.');
const NOT_ALLOWED = refuse('not_allowed', 'You may not give or take this role here.');

/** Owners stand at the event itself; for any other place there is nothing to keep. */
async function ownerKept(tx: Tx, scope: Scope, user: UserId, after: Role | null) {
	if (scope.room !== undefined) return ok(null);
	const rows = await tx
		.select({ who: memberships.userId, role: memberships.role, active: users.isActive })
		.from(memberships)
		.innerJoin(users, eq(users.id, memberships.userId))
		.where(and(at(scope), eq(memberships.role, 'owner')));
	const holders = rows.map(({ who, active }) => ({
		...{ who: userId(who), active, role: 'owner' as const }
	}));
	return keepsAnOwner(holders, user, after);
}

async function emailOf(db: Db, user: UserId): Promise<string> {
	const [row] = await db.select({ email: users.email }).from(users).where(eq(users.id, user));
	return row?.email ?? '';
}

function at(scope: Scope): SQL | undefined {
	return and(
		eq(memberships.eventId, scope.event),
		scope.room === undefined ? isNull(memberships.roomId) : eq(memberships.roomId, scope.room),
		scope.booth === undefined ? isNull(memberships.boothId) : eq(memberships.boothId, scope.booth)
	);
}

function seen(sight: Sight): SQL | undefined {
	return sight === 'all' ? undefined : inArray(memberships.roomId, [...sight.rooms]);
}

function found(search: string): SQL | undefined {
	const text = search.trim();
	if (text === '') return undefined;
	const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
	return or(ilike(users.displayName, pattern), ilike(users.email, pattern));
}
