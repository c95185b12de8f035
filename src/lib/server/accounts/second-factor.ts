import { and, count, eq, isNotNull, isNull, lt, or } from 'drizzle-orm';
import type { UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import { hashSecret, newRecoveryCode, normaliseJoinCode } from '../auth/secrets.ts';
import type { Db } from '../db/database.ts';
import { recoveryCodes, users } from '../db/schema.ts';
import type { OneTimeSecrets } from './one-time-secrets.ts';
import { newTotpSecret, totpStep, totpUri } from './totp.ts';

/** What is shown to set an authenticator app up: `uri` as a QR code, `secret` to be typed. */
export type Setup = { readonly uri: string; readonly secret: string };

/** A code of an app besides password or link, and ten codes on paper for when the phone is lost. */
export type SecondFactor = {
	isOn(user: UserId): Promise<boolean>;
	/** Begins, or begins anew; nothing is asked for until it is confirmed. */
	begin(user: UserId, email: string): Promise<void>;
	/** The setup that waits for its first code; null when there is none, or it is over. */
	setup(user: UserId, email: string): Promise<Setup | null>;
	/** The app's first code turns it on; answers the recovery codes, to be shown this once. */
	confirm(
		user: UserId,
		code: string
	): Promise<Result<readonly string[], 'code_wrong' | 'setup_over'>>;
	/** Whether this is the app's code of now, or a recovery code; each is taken once. */
	verify(user: UserId, code: string): Promise<Result<'app' | 'recovery', 'code_wrong'>>;
	/** Ten new ones; the former do not work any more. */
	newRecoveryCodes(user: UserId): Promise<readonly string[]>;
	recoveryCodesLeft(user: UserId): Promise<number>;
	off(user: UserId): Promise<void>;
	/** Seals every secret anew with the first of the configured keys, as `npm run keys:rotate` asks. */
	reseal(): Promise<{ readonly resealed: number; readonly unreadable: number }>;
};

const PURPOSE = 'second-factor';
const RECOVERY_CODES = 10;
const CODE_WRONG = refuse('code_wrong', 'This is not the code of now, or it was used already.');

export function createSecondFactor({
	db,
	box,
	secrets,
	now
}: {
	db: Db;
	box: SecretBox;
	secrets: OneTimeSecrets;
	now: () => number;
}): SecondFactor {
	const sealedOf = async (user: UserId): Promise<string | null> => {
		const [row] = await db
			.select({ sealed: users.totpSecretEncrypted })
			.from(users)
			.where(eq(users.id, user));
		return row?.sealed ?? null;
	};

	async function pendingSecret(user: UserId): Promise<string | null> {
		const pending = await secrets.pending(user, 'totp-setup');
		const opened = pending && box.open(pending.detail, PURPOSE);
		return opened?.ok ? opened.value : null;
	}

	async function newRecoveryCodes(user: UserId): Promise<readonly string[]> {
		const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
		await db.transaction(async (tx) => {
			await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, user));
			await tx.insert(recoveryCodes).values(
				codes.map((code) => ({
					userId: user,
					codeHash: hashSecret(normaliseJoinCode(code))
				}))
			);
		});
		return codes;
	}

	/** Conditional, so that a code seen over a shoulder, or sent twice at once, is taken once (RFC 6238, 5.2). */
	async function takeStep(user: UserId, step: number): Promise<boolean> {
		const taken = await db
			.update(users)
			.set({ totpLastStep: step })
			.where(and(eq(users.id, user), or(isNull(users.totpLastStep), lt(users.totpLastStep, step))))
			.returning({ id: users.id });
		return taken.length > 0;
	}

	async function takeRecoveryCode(user: UserId, code: string): Promise<boolean> {
		const taken = await db
			.update(recoveryCodes)
			.set({ usedAt: new Date(now()) })
			.where(
				and(
					eq(recoveryCodes.userId, user),
					eq(recoveryCodes.codeHash, hashSecret(normaliseJoinCode(code))),
					isNull(recoveryCodes.usedAt)
				)
			)
			.returning({ id: recoveryCodes.id });
		return taken.length > 0;
	}

	return {
		newRecoveryCodes,
		isOn: async (user) => (await sealedOf(user)) !== null,

		async begin(user, email) {
			await secrets.forget(user, ['totp-setup']);
			const detail = box.seal(newTotpSecret(), PURPOSE);
			await secrets.issue({ kind: 'totp-setup', user, email, detail });
		},

		async setup(user, email) {
			const secret = await pendingSecret(user);
			return secret === null ? null : { secret, uri: totpUri(secret, email) };
		},

		async confirm(user, code) {
			const secret = await pendingSecret(user);
			if (secret === null) return refuse('setup_over', 'The setup took too long. Begin anew.');
			const step = totpStep(secret, digits(code), now());
			if (step === null) return CODE_WRONG;
			await db
				.update(users)
				.set({ totpSecretEncrypted: box.seal(secret, PURPOSE), totpLastStep: step })
				.where(eq(users.id, user));
			await secrets.forget(user, ['totp-setup']);
			return ok(await newRecoveryCodes(user));
		},

		async verify(user, code) {
			const sealed = await sealedOf(user);
			const opened = sealed === null ? null : box.open(sealed, PURPOSE);
			// A key that is gone must not open the door; a recovery code still does.
			const step = opened?.ok ? totpStep(opened.value, digits(code), now()) : null;
			if (step !== null) return (await takeStep(user, step)) ? ok('app') : CODE_WRONG;
			return (await takeRecoveryCode(user, code)) ? ok('recovery') : CODE_WRONG;
		},

		async recoveryCodesLeft(user) {
			const [row] = await db
				.select({ left: count() })
				.from(recoveryCodes)
				.where(and(eq(recoveryCodes.userId, user), isNull(recoveryCodes.usedAt)));
			return row?.left ?? 0;
		},

		async reseal() {
			const rows = await db
				.select({ id: users.id, sealed: users.totpSecretEncrypted })
				.from(users)
				.where(isNotNull(users.totpSecretEncrypted));
			let resealed = 0;
			for (const { id, sealed } of rows) {
				const opened = box.open(sealed ?? '', PURPOSE);
				if (!opened.ok) continue;
				resealed += 1;
				await db
					.update(users)
					.set({ totpSecretEncrypted: box.seal(opened.value, PURPOSE) })
					// Its owner may have set another one up meanwhile.
					.where(and(eq(users.id, id), eq(users.totpSecretEncrypted, sealed ?? '')));
			}
			return { resealed, unreadable: rows.length - resealed };
		},

		async off(user) {
			await db
				.update(users)
				.set({ totpSecretEncrypted: null, totpLastStep: null })
				.where(eq(users.id, user));
			await db.delete(recoveryCodes).where(eq(recoveryCodes.userId, user));
			await secrets.forget(user, ['totp-setup']);
		}
	};
}

/** As apps show it, `123 456`, and as Arabic and Persian keyboards type it. */
function digits(code: string): string {
	return code
		.replace(/[\s-]/g, '')
		.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}
