import {
	and,
	eq,
	gt,
	isNull,
	lt,
	ne,
	or,
	sql,
	TransactionRollbackError,
	type SQL
} from 'drizzle-orm';
import type { Grant, Role } from '#lib/domain/access/policy.ts';
import { boothId, eventId, personId, roomId, type PersonId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Db } from '../db/database.ts';
import { guests, inviteUses, invites, memberships } from '../db/schema.ts';
import { grantAt } from './grants.ts';
import { hashSecret, newSecret } from './secrets.ts';

export type NewInvite = {
	readonly event: number;
	readonly room?: number;
	readonly booth?: number;
	readonly role: Extract<Role, 'coordinator' | 'interpreter' | 'support' | 'listener'>;
	readonly label: string;
	/** Null: any number of people until it expires. */
	readonly maxUses: number | null;
	readonly expiresAt: Date;
	readonly createdBy: string | null;
};

export type InviteInfo = {
	readonly id: string;
	readonly event: number;
	readonly room: number | null;
	readonly booth: number | null;
	readonly role: Role;
	readonly label: string;
	readonly expiresAt: Date;
};

export type InviteRefusal = 'invite_unknown' | 'invite_expired' | 'invite_used' | 'invite_revoked';

export type Guest = { readonly person: PersonId; readonly name: string; readonly grant: Grant };

export type Invites = {
	/** Makes an invitation; the answered secret is the last part of its link and is not stored. */
	create(invite: NewInvite): Promise<string>;
	/** What a link is for, without using it up: mail scanners follow links. */
	describe(secret: string): Promise<Result<InviteInfo, InviteRefusal>>;
	/** Uses an invitation once; answers the value of the guest's cookie. */
	redeem(
		secret: string,
		displayName: string
	): Promise<
		Result<
			{ cookie: string; invite: InviteInfo; person: PersonId },
			InviteRefusal | 'account_needed'
		>
	>;
	/** Uses an invitation once for an account, which keeps the role: the place gets a member. */
	accept(
		secret: string,
		user: UserId,
		name: string
	): Promise<Result<InviteInfo, InviteRefusal | 'already_member'>>;
	/** The guest behind a cookie, or null when it is unknown, over or its invitation was revoked. */
	guest(cookie: string): Promise<Guest | null>;
	/** The same by the person's id. */
	guestById(person: PersonId): Promise<Guest | null>;
};

type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

export function createInvites(db: Db, now: () => number): Invites {
	const find = async (secret: string, on: Db | Tx) => {
		const [row] = await on
			.select()
			.from(invites)
			.where(eq(invites.tokenHash, hashSecret(secret)));
		return row;
	};

	const guestWhere = async (isThem: SQL): Promise<Guest | null> => {
		const [row] = await db
			.select({ guest: guests, invite: invites })
			.from(guests)
			.innerJoin(invites, eq(invites.id, guests.inviteId))
			.where(and(isThem, gt(guests.expiresAt, new Date(now())), isNull(invites.revokedAt)));
		const grant = row && grantAt(row.invite);
		return row && grant
			? { person: personId(row.guest.id), name: row.guest.displayName, grant }
			: null;
	};

	const state = async (secret: string, on: Db | Tx): Promise<Result<InviteInfo, InviteRefusal>> => {
		const row = await find(secret, on);
		if (!row) return refuse('invite_unknown', 'This invitation does not exist.');
		if (row.revokedAt) return refuse('invite_revoked', 'This invitation was withdrawn.');
		if (row.expiresAt.getTime() <= now())
			return refuse('invite_expired', 'This invitation is over. Ask for a new one.');
		if (row.maxUses !== null && row.uses >= row.maxUses)
			return refuse('invite_used', 'This invitation was used already. Ask for a new one.');
		return ok(infoOf(row));
	};

	const describe: Invites['describe'] = (secret) => state(secret, db);

	/** Uses it once. One conditional update, so that two people pressing at once cannot share a last use. */
	const take = async (tx: Tx, secret: string, also?: SQL) => {
		const [row] = await tx
			.update(invites)
			.set({ uses: sql`${invites.uses} + 1` })
			.where(
				and(
					eq(invites.tokenHash, hashSecret(secret)),
					isNull(invites.revokedAt),
					gt(invites.expiresAt, new Date(now())),
					or(isNull(invites.maxUses), lt(invites.uses, invites.maxUses)),
					also
				)
			)
			.returning();
		if (row) return ok(row);
		const why = await state(secret, tx);
		if (!why.ok) return why;
		return why.value.role === 'owner'
			? refuse('account_needed', 'An owner needs an account: sign in or make one first.')
			: refuse('invite_used', 'This invitation was used already.');
	};

	const noteUse = async (tx: Tx, inviteId: string, person: PersonId, name: string) => {
		await tx.insert(inviteUses).values({ inviteId, person, name, usedAt: new Date(now()) });
	};

	return {
		describe,
		async create(invite) {
			const secret = newSecret();
			await db.insert(invites).values({
				tokenHash: hashSecret(secret),
				eventId: invite.event,
				roomId: invite.room ?? null,
				boothId: invite.booth ?? null,
				role: invite.role,
				label: invite.label,
				maxUses: invite.maxUses,
				expiresAt: invite.expiresAt,
				createdBy: invite.createdBy
			});
			return secret;
		},

		redeem: (secret, displayName) =>
			db.transaction(async (tx) => {
				const row = await take(tx, secret, ne(invites.role, 'owner'));
				if (!row.ok) return row;
				const cookie = newSecret();
				const person = personId(`guest:${crypto.randomUUID()}`);
				const name = displayName.trim().slice(0, 200);
				await tx.insert(guests).values({
					id: person,
					tokenHash: hashSecret(cookie),
					inviteId: row.value.id,
					displayName: name,
					expiresAt: row.value.expiresAt
				});
				await noteUse(tx, row.value.id, person, name);
				return ok({ cookie, invite: infoOf(row.value), person });
			}),

		async accept(secret, user, name) {
			const known = await describe(secret);
			if (!known.ok) return known;
			return db
				.transaction(async (tx) => {
					const { event, room, booth, role } = known.value;
					const had = await tx
						.insert(memberships)
						.values({ userId: user, eventId: event, roomId: room, boothId: booth, role })
						.onConflictDoNothing()
						.returning({ id: memberships.id });
					// One role a place: an owner who opens an interpreter's link must not stop being one.
					if (had.length === 0)
						return refuse('already_member', 'This account belongs here already.');
					const row = await take(tx, secret);
					if (!row.ok) tx.rollback();
					else await noteUse(tx, row.value.id, personId(`user:${user}`), name);
					return ok(known.value);
				})
				.catch(async (error: unknown) => {
					if (!(error instanceof TransactionRollbackError)) throw error;
					// Somebody else took the last use meanwhile.
					const why = await describe(secret);
					return why.ok ? refuse('invite_used', 'This invitation was used already.') : why;
				});
		},

		guest: (cookie) => guestWhere(eq(guests.tokenHash, hashSecret(cookie))),
		guestById: (person) => guestWhere(eq(guests.id, person))
	};
}

function infoOf(row: typeof invites.$inferSelect): InviteInfo {
	return {
		id: row.id,
		event: eventId(row.eventId),
		room: row.roomId === null ? null : roomId(row.roomId),
		booth: row.boothId === null ? null : boothId(row.boothId),
		role: row.role as Role,
		label: row.label,
		expiresAt: row.expiresAt
	};
}
