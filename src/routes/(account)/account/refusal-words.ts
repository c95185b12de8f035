import { m } from '#lib/paraglide/messages.js';

/** Why something about the account was refused, where no field says it. */
export function refusalWords(code: string): string {
	switch (code) {
		case 'sign_in_again':
			return m.account_sign_in_again();
		case 'too_many_attempts':
			return m.auth_too_many_attempts({ seconds: 60 });
		case 'too_many_requests':
			return m.account_too_many_letters();
		case 'setup_over':
			return m.account_factor_setup_over();
		case 'last_admin':
			return m.account_delete_last_admin();
		default:
			return m.pages_error();
	}
}
