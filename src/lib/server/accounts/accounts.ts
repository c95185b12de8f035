import type { Audit } from '../audit/audit.ts';
import type { Auth } from '../auth/auth.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Mail } from '../mail/mail.ts';
import type { Rights } from '../realtime/rights.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createLinks, type Links } from './links.ts';
import { createOneTimeSecrets } from './one-time-secrets.ts';
import { createOwnAccount, type OwnAccount } from './own-account.ts';
import { createPostbox, type Postbox } from './postbox.ts';
import { createSecondFactor, type SecondFactor } from './second-factor.ts';
import { createSignIn, type SignIn } from './sign-in.ts';

/** Accounts of people: how they come in, what they change themselves, what super admins do with them. */
export type Accounts = {
	readonly signIn: SignIn;
	readonly links: Links;
	readonly own: OwnAccount;
	readonly secondFactor: SecondFactor;
	readonly directory: Directory;
	/** Resolves when all letters under way are sent. */
	idle: Postbox['idle'];
};

export function createAccounts(parts: {
	db: Db;
	auth: Auth;
	box: SecretBox;
	mail: Pick<Mail, 'isOn' | 'send'>;
	rights: Pick<Rights, 'changed'>;
	audit: Pick<Audit, 'record'>;
	baseUrl: string;
	log: Log;
	now?: () => number;
}): Accounts {
	const now = parts.now ?? Date.now;
	const postbox = createPostbox(parts.mail, parts.log);
	const secrets = createOneTimeSecrets(parts.db, now);
	const secondFactor = createSecondFactor({ ...parts, secrets, now });
	const signIn = createSignIn({ ...parts, secrets, secondFactor });
	const own = createOwnAccount({ ...parts, secrets, secondFactor, postbox, now });
	const links = createLinks({ ...parts, secrets, signIn, own, postbox });
	const directory = createDirectory({ ...parts, links, secrets, secondFactor, postbox });
	return {
		...{ signIn, links, own, secondFactor, directory },
		idle: postbox.idle
	};
}
