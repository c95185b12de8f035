import { createAccounts, type Accounts } from '#lib/server/accounts/accounts.ts';
import { totpCode } from '#lib/server/accounts/totp.ts';
import { createAudit, type Audit } from '#lib/server/audit/audit.ts';
import { COOKIES, createAuth, type Auth } from '#lib/server/auth/auth.ts';
import { createSecretBox } from '#lib/server/auth/secret-box.ts';
import type { Db } from '#lib/server/db/database.ts';
import type { UserId } from '#lib/domain/ids.ts';
import { createLog } from '#lib/server/log.ts';
import { createMail } from '#lib/server/mail/mail.ts';
import type { RightsChange } from '#lib/server/realtime/rights.ts';

const SECRET = 'a secret of at least thirty-two characters';
export const PASSWORD = 'correct horse battery';
export const PHONE = { device: 'Mozilla/5.0 (iPhone) Safari', address: '192.0.2.7' };
export const BASE_URL = 'https://portal.example';

/** The accounts of a portal, with everything real but the sockets: what they are told is kept. */
export type AccountsScene = {
	readonly db: Db;
	readonly auth: Auth;
	readonly audit: Audit;
	readonly accounts: Accounts;
	readonly told: RightsChange[];
	/** Moves the clock of links, sessions and codes. */
	jump(ms: number): void;
	now(): number;
	person(email: string, more?: { admin?: boolean; password?: string | null }): Promise<UserId>;
	/** Signs in by password; the header its browser sends from then on. */
	cookie(email: string, password?: string): Promise<string>;
	/** Turns the second factor on; the app's key and the recovery codes. */
	secondFactor(user: UserId): Promise<{ key: string; recovery: readonly string[] }>;
	codeOf(key: string): string;
};

export function accountsScene(db: Db, smtpUrl: string | null): AccountsScene {
	let aheadMs = 0;
	const now = () => Date.now() + aheadMs;
	const log = createLog('silent');
	const auth = createAuth(db, { secret: SECRET, adminPassword: null }, now);
	const audit = createAudit(db, log);
	const told: RightsChange[] = [];
	const accounts = createAccounts({
		...{ db, auth, audit, log, now, baseUrl: BASE_URL },
		box: createSecretBox([SECRET]),
		mail: createMail({ smtpUrl, from: 'VoxBento <box@portal.example>' }, log),
		rights: {
			changed: (change) => {
				told.push(change);
				return Promise.resolve();
			}
		}
	});
	return {
		...{ db, auth, audit, accounts, told, now },
		jump: (ms) => (aheadMs += ms),

		async person(email, { admin = false, password = PASSWORD } = {}) {
			const made = await auth.createAccount({ email, name: 'Ana', password, isAdmin: admin });
			if (!made.ok) throw new Error(made.error.message);
			return made.value;
		},

		async cookie(email, password = PASSWORD) {
			const answer = await accounts.signIn.password(email, password, PHONE);
			if (!answer.ok) throw new Error(answer.error.code);
			if (answer.value.kind !== 'in') throw new Error('a code is asked for');
			return `${COOKIES.account}=${answer.value.cookie}`;
		},

		async secondFactor(user) {
			await accounts.secondFactor.begin(user, 'ana');
			const setup = await accounts.secondFactor.setup(user, 'ana');
			if (!setup) throw new Error('no setup');
			const confirmed = await accounts.secondFactor.confirm(user, totpCode(setup.secret, now()));
			if (!confirmed.ok) throw new Error(confirmed.error.code);
			return { key: setup.secret, recovery: confirmed.value };
		},

		codeOf: (key) => totpCode(key, now())
	};
}
