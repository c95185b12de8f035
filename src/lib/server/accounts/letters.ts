import { m } from '#lib/paraglide/messages.js';
import { baseLocale, isLocale, type Locale } from '#lib/paraglide/runtime.js';
import type { Letter } from '../mail/mail.ts';

/** What a letter is about; `link` is what it brings, where it brings one. */
export type LetterAbout =
	| { readonly kind: 'magic' | 'reset' | 'email' | 'register'; readonly link: string }
	| { readonly kind: 'welcome'; readonly link: string; readonly name: string }
	/** Somebody registers with an address that has an account: its owner alone is told. */
	| { readonly kind: 'registered-already'; readonly link: string }
	/** To the former address of an account. */
	| { readonly kind: 'email-changed'; readonly email: string }
	| { readonly kind: 'password-changed' | 'second-factor-off' };

/** A letter in the reader's language, as plain text: no picture tells anybody that it was read. */
export function letter(to: string, about: LetterAbout, wanted: string | null): Letter {
	const locale = isLocale(wanted) ? wanted : baseLocale;
	const { subject, paragraphs } = words(about, { locale });
	return { to, subject, text: `${paragraphs.join('\n\n')}\n\n-- \nVoxBento\n` };
}

type Words = { readonly subject: string; readonly paragraphs: readonly string[] };

function words(about: LetterAbout, options: { locale: Locale }): Words {
	const soon = m.account_mail_soon({}, options);
	const notYou = m.account_mail_not_you({}, options);
	switch (about.kind) {
		case 'magic':
			return {
				subject: m.account_mail_magic_subject({}, options),
				paragraphs: [m.account_mail_magic({}, options), about.link, soon, notYou]
			};
		case 'reset':
			return {
				subject: m.account_mail_reset_subject({}, options),
				paragraphs: [m.account_mail_reset({}, options), about.link, soon, notYou]
			};
		case 'email':
			return {
				subject: m.account_mail_email_subject({}, options),
				paragraphs: [m.account_mail_email({}, options), about.link, soon, notYou]
			};
		case 'register':
			return {
				subject: m.account_mail_register_subject({}, options),
				paragraphs: [m.account_mail_register({}, options), about.link, soon, notYou]
			};
		case 'welcome':
			return {
				subject: m.account_mail_welcome_subject({}, options),
				paragraphs: [
					m.account_mail_welcome({ name: about.name }, options),
					about.link,
					m.account_mail_two_weeks({}, options)
				]
			};
		case 'registered-already':
			return {
				subject: m.account_mail_already_subject({}, options),
				paragraphs: [m.account_mail_already({}, options), about.link, soon, notYou]
			};
		case 'email-changed':
			return {
				subject: m.account_mail_email_changed_subject({}, options),
				paragraphs: [m.account_mail_email_changed({ email: about.email }, options)]
			};
		case 'password-changed':
			return {
				subject: m.account_mail_password_changed_subject({}, options),
				paragraphs: [m.account_mail_password_changed({}, options)]
			};
		case 'second-factor-off':
			return {
				subject: m.account_mail_factor_off_subject({}, options),
				paragraphs: [m.account_mail_factor_off({}, options)]
			};
	}
}
