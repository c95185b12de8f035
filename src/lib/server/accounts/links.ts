import { eq } from 'drizzle-orm';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import { userId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Auth } from '../auth/auth.ts';
import type { Visit } from '../auth/lucia.ts';
import type { Db } from '../db/database.ts';
import { users } from '../db/schema.ts';
import type { OneTimeKind, OneTimeSecrets } from './one-time-secrets.ts';
import type { OwnAccount } from './own-account.ts';
import type { Postbox } from './postbox.ts';
import type { SignIn, SignInStep } from './sign-in.ts';

export type LinkRefusal = 'link_over';

/**
 * Links by mail. Asking for one is answered alike for every address, with the same work, and nothing says
 * whether there is an account. A link is used up by pressing a button, never by opening it: mail scanners
 * open links.
 */
export type Links = {
	/** To sign in without a password, or to set a new one. */
	ask(kind: 'magic' | 'reset', email: string, locale: string): Promise<void>;
	/** To make an account; who has one already gets a link to sign in. */
	register(email: string, name: string, locale: string): Promise<void>;
	/** A link of one's own making, for an organiser to pass on; `welcome` works for 14 days. */
	welcome(user: UserId, email: string): Promise<string>;
	/** Whose link it is, unused: for the page that asks to press the button. Null when it is over. */
	look(
		kind: LinkPage,
		secret: string
	): Promise<{ readonly email: string; readonly kind: OneTimeKind } | null>;
	magic(secret: string, visit: Visit): Promise<Result<SignInStep, LinkRefusal>>;
	/** Sets a new password, ends what the former one opened, and signs in. */
	reset(secret: string, password: string, visit: Visit): Promise<Result<SignInStep, LinkRefusal>>;
	/** Makes the account of a registration, or changes an address; `in` null when nobody is signed in by it. */
	verify(
		secret: string,
		visit: Visit
	): Promise<
		Result<
			{ readonly kind: 'registered'; readonly step: SignInStep } | { readonly kind: 'email' },
			LinkRefusal | 'email_taken'
		>
	>;
};

export type LinkPage = 'magic' | 'reset' | 'verify';

/** The kinds of secrets each page takes; it has no use for others. */
const KINDS: Record<LinkPage, readonly OneTimeKind[]> = {
	magic: ['magic'],
	reset: ['reset', 'welcome'],
	verify: ['register', 'email']
};

/** Letters to one address within a quarter of an hour; whoever has three has one that works. */
export const LETTERS_PER_ADDRESS = 3;
const LETTERS_WITHIN_MS = 15 * 60_000;

const OVER = refuse('link_over', 'This link was used already, or its time is over.');

export function createLinks({
	db,
	auth,
	secrets,
	signIn,
	own,
	postbox,
	baseUrl
}: {
	db: Db;
	auth: Pick<Auth, 'createAccount'>;
	secrets: OneTimeSecrets;
	signIn: SignIn;
	own: Pick<OwnAccount, 'replacePassword' | 'replaceEmail' | 'emailIsTheirs'>;
	postbox: Postbox;
	/** Where links lead; from the settings, never from a request's `Host`. */
	baseUrl: string;
}): Links {
	const at = (page: LinkPage, secret: string) => new URL(`/${page}/${secret}`, baseUrl).href;

	const accountOf = async (email: string) => {
		const [row] = await db
			.select({ id: users.id, active: users.isActive, locale: users.locale })
			.from(users)
			.where(eq(users.email, email));
		return row ?? null;
	};

	return {
		async ask(kind, typed, locale) {
			const email = normaliseEmail(typed);
			const [made, account] = await Promise.all([
				secrets.madeFor(email, LETTERS_WITHIN_MS),
				accountOf(email)
			]);
			if (made >= LETTERS_PER_ADDRESS) return;
			// Also for an address nobody has, to nobody: the same rows, the same time, the same limit.
			const user = account?.active ? userId(account.id) : null;
			const secret = await secrets.issue({ kind, user, email });
			if (account && user)
				postbox.post(email, { kind, link: at(kind, secret) }, account.locale ?? locale);
		},

		async register(typed, name, locale) {
			const email = normaliseEmail(typed);
			const [made, account] = await Promise.all([
				secrets.madeFor(email, LETTERS_WITHIN_MS),
				accountOf(email)
			]);
			if (made >= LETTERS_PER_ADDRESS) return;
			if (account === null) {
				const secret = await secrets.issue({
					...{ kind: 'register', user: null, email, detail: name.trim() }
				});
				return postbox.post(email, { kind: 'register', link: at('verify', secret) }, locale);
			}
			const user = account.active ? userId(account.id) : null;
			const secret = await secrets.issue({ kind: 'magic', user, email });
			if (user) {
				const link = at('magic', secret);
				postbox.post(email, { kind: 'registered-already', link }, account.locale ?? locale);
			}
		},

		async welcome(user, email) {
			return at('reset', await secrets.issue({ kind: 'welcome', user, email }));
		},

		async look(page, secret) {
			const found = await secrets.peek(secret, KINDS[page]);
			const isForNobody = found?.user === null && found.kind !== 'register';
			return found && !isForNobody ? { email: found.email, kind: found.kind } : null;
		},

		async magic(secret, visit) {
			const used = await secrets.use(secret, KINDS.magic);
			if (!used?.user) return OVER;
			await own.emailIsTheirs(used.user, used.email);
			const step = await signIn.goOn(used.user, 'link', visit);
			return step.ok ? step : OVER;
		},

		async reset(secret, password, visit) {
			const used = await secrets.use(secret, KINDS.reset);
			if (!used?.user) return OVER;
			const replaced = await own.replacePassword(used.user, password, {
				...{ keepSession: null, action: 'account.password_reset', address: visit.address }
			});
			if (!replaced.ok) return OVER;
			// A welcome link may have been passed on by hand: it shows nothing about a mailbox.
			const isByMail = used.kind === 'reset';
			if (isByMail) await own.emailIsTheirs(used.user, used.email);
			const step = await signIn.goOn(used.user, isByMail ? 'link' : 'invitation', visit);
			return step.ok ? step : OVER;
		},

		async verify(secret, visit) {
			const used = await secrets.use(secret, KINDS.verify);
			if (!used) return OVER;
			if (used.kind === 'email') {
				if (!used.user) return OVER;
				const replaced = await own.replaceEmail(used.user, used.email, visit.address);
				if (replaced.ok) return ok({ kind: 'email' });
				return replaced.error.code === 'email_taken'
					? refuse('email_taken', replaced.error.message)
					: OVER;
			}
			const made = await auth.createAccount({
				...{ email: used.email, name: used.detail, password: null }
			});
			// Made meanwhile by somebody else: the link has shown whose address it is all the same.
			if (!made.ok) return OVER;
			await own.emailIsTheirs(made.value, used.email);
			const step = await signIn.goOn(made.value, 'registration', visit);
			return step.ok ? ok({ kind: 'registered', step: step.value }) : OVER;
		}
	};
}
