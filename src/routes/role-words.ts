import { m } from '#lib/paraglide/messages.js';

/** A role in words; one this version does not know stands as it is. */
export function roleWords(role: string): string {
	switch (role) {
		case 'owner':
			return m.account_role_owner();
		case 'coordinator':
			return m.account_role_coordinator();
		case 'interpreter':
			return m.account_role_interpreter();
		case 'support':
			return m.account_role_support();
		case 'listener':
			return m.account_role_listener();
		default:
			return role;
	}
}
