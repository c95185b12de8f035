import { eq } from 'drizzle-orm';
import type { UserId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import {
	auditLog,
	booths,
	chatMessages,
	events,
	memberships,
	rooms,
	sessions,
	users
} from '../db/schema.ts';

/**
 * All that is kept about an account, for its owner to take away (GDPR, articles 15 and 20). Secrets are not
 * in it: what opens an account is no information about a person.
 */
export async function exportOwnData(db: Db, user: UserId): Promise<Record<string, unknown>> {
	const person = `user:${user}`;
	const [[account], places, open, chat, acts] = await Promise.all([
		db.select().from(users).where(eq(users.id, user)),
		db
			.select({
				role: memberships.role,
				since: memberships.createdAt,
				event: events.slug,
				eventName: events.displayName,
				room: rooms.displayName,
				language: booths.languageCode
			})
			.from(memberships)
			.innerJoin(events, eq(events.id, memberships.eventId))
			.leftJoin(rooms, eq(rooms.id, memberships.roomId))
			.leftJoin(booths, eq(booths.id, memberships.boothId))
			.where(eq(memberships.userId, user)),
		db
			.select({
				device: sessions.device,
				address: sessions.address,
				startedAt: sessions.createdAt,
				seenAt: sessions.seenAt,
				expiresAt: sessions.expiresAt
			})
			.from(sessions)
			.where(eq(sessions.userId, user)),
		db
			.select({ body: chatMessages.body, sentAt: chatMessages.sentAt, booth: chatMessages.boothId })
			.from(chatMessages)
			.where(eq(chatMessages.person, person)),
		db
			.select({ at: auditLog.at, action: auditLog.action, target: auditLog.target })
			.from(auditLog)
			.where(eq(auditLog.actor, person))
	]);
	return {
		format: 'voxbento-account-1',
		account: account && {
			id: account.id,
			name: account.displayName,
			email: account.email,
			emailVerifiedAt: account.emailVerifiedAt,
			language: account.locale,
			hasPassword: account.passwordHash !== null,
			hasSecondFactor: account.totpSecretEncrypted !== null,
			isSuperAdmin: account.isAdmin,
			mayCreateEvents: account.mayCreateEvents,
			createdAt: account.createdAt
		},
		memberships: places,
		sessions: open,
		chatMessages: chat,
		acts
	};
}
