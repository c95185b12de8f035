import { and, count, desc, eq, gt, isNull } from 'drizzle-orm';
import { userId, type UserId } from '#lib/domain/ids.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { Db } from '../db/database.ts';
import { oneTimeSecrets } from '../db/schema.ts';

/**
 * - `magic`, `reset`, `welcome`, `email`, `register`: in links by mail
 * - `second-factor`: in a cookie, between the password and the code
 * - `totp-setup`: a second factor that has not been confirmed; its secret is shown to nobody
 */
export type OneTimeKind =
	'magic' | 'reset' | 'welcome' | 'email' | 'register' | 'second-factor' | 'totp-setup';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const LIFETIME_MS: Record<OneTimeKind, number> = {
	magic: 15 * MINUTE_MS,
	reset: 15 * MINUTE_MS,
	email: 15 * MINUTE_MS,
	register: 15 * MINUTE_MS,
	// Somebody else asked for it, at a time of theirs.
	welcome: 14 * DAY_MS,
	'second-factor': 10 * MINUTE_MS,
	'totp-setup': 15 * MINUTE_MS
};

export type OneTime = {
	readonly kind: OneTimeKind;
	/** Null where there is no account: a registration, or an address nobody has. */
	readonly user: UserId | null;
	readonly email: string;
	readonly detail: string;
};

export type NewOneTime = {
	readonly kind: OneTimeKind;
	readonly user: UserId | null;
	readonly email: string;
	readonly detail?: string;
};

/** Secrets that work once, within their time. The database has their SHA-256 alone. */
export type OneTimeSecrets = {
	/** @returns the secret, which is stored nowhere */
	issue(secret: NewOneTime): Promise<string>;
	/** What a secret is for, without using it up; null when it is unknown, used or over. */
	peek(secret: string, kinds: readonly OneTimeKind[]): Promise<OneTime | null>;
	/** Uses it up: of two who come at once one gets it, the other null. */
	use(secret: string, kinds: readonly OneTimeKind[]): Promise<OneTime | null>;
	/** The newest of a kind that still works, without its secret. */
	pending(user: UserId, kind: OneTimeKind): Promise<OneTime | null>;
	/** How many were made for an address of late; the same for addresses nobody has. */
	madeFor(email: string, sinceMs: number): Promise<number>;
	/** Ends all of an account: what was sent before a change is worth nothing after it. */
	forget(user: UserId, kinds?: readonly OneTimeKind[]): Promise<void>;
};

export function createOneTimeSecrets(db: Db, now: () => number): OneTimeSecrets {
	const usable = (kind: string) =>
		and(
			eq(oneTimeSecrets.kind, kind),
			isNull(oneTimeSecrets.usedAt),
			gt(oneTimeSecrets.expiresAt, new Date(now()))
		);

	return {
		async issue({ kind, user, email, detail = '' }) {
			const secret = newSecret();
			await db.insert(oneTimeSecrets).values({
				secretHash: hashSecret(secret),
				kind,
				userId: user,
				email,
				detail,
				createdAt: new Date(now()),
				expiresAt: new Date(now() + LIFETIME_MS[kind])
			});
			return secret;
		},

		async peek(secret, kinds) {
			const [row] = await db
				.select()
				.from(oneTimeSecrets)
				.where(
					and(
						eq(oneTimeSecrets.secretHash, hashSecret(secret)),
						isNull(oneTimeSecrets.usedAt),
						gt(oneTimeSecrets.expiresAt, new Date(now()))
					)
				);
			return row ? ofKind(row, kinds) : null;
		},

		async use(secret, kinds) {
			for (const kind of kinds) {
				const [row] = await db
					.update(oneTimeSecrets)
					.set({ usedAt: new Date(now()) })
					.where(and(eq(oneTimeSecrets.secretHash, hashSecret(secret)), usable(kind)))
					.returning();
				if (row) return ofKind(row, kinds);
			}
			return null;
		},

		async pending(user, kind) {
			const [row] = await db
				.select()
				.from(oneTimeSecrets)
				.where(and(eq(oneTimeSecrets.userId, user), usable(kind)))
				.orderBy(desc(oneTimeSecrets.createdAt))
				.limit(1);
			return row ? ofKind(row, [kind]) : null;
		},

		async madeFor(email, sinceMs) {
			const [row] = await db
				.select({ made: count() })
				.from(oneTimeSecrets)
				.where(
					and(
						eq(oneTimeSecrets.email, email),
						gt(oneTimeSecrets.createdAt, new Date(now() - sinceMs))
					)
				);
			return row?.made ?? 0;
		},

		async forget(user, kinds) {
			for (const kind of kinds ?? [null])
				await db
					.delete(oneTimeSecrets)
					.where(
						and(
							eq(oneTimeSecrets.userId, user),
							kind === null ? undefined : eq(oneTimeSecrets.kind, kind)
						)
					);
		}
	};
}

function ofKind(
	row: typeof oneTimeSecrets.$inferSelect,
	kinds: readonly OneTimeKind[]
): OneTime | null {
	const kind = kinds.find((one) => one === row.kind);
	if (kind === undefined) return null;
	const user = row.userId === null ? null : userId(row.userId);
	return { kind, user, email: row.email, detail: row.detail };
}
