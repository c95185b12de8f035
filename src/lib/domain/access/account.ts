/** What may stand in an account, as typed by people. */

export const EMAIL_MAX_LENGTH = 320;
export const NAME_MAX_LENGTH = 200;
/** NIST SP 800-63B, section 3.1.1: length is what counts, and no rules about kinds of characters. */
export const PASSWORD_MIN_LENGTH = 10;
/** Long enough for any sentence; longer ones are refused unread. */
export const PASSWORD_MAX_LENGTH = 1_000;

/** One `@`, nothing that a mail header, a list of addresses or a database could take for something else. */
const EMAIL = /^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u;
/** Control characters; a database refuses some of them, people need none. */
const CONTROL = /\p{Cc}/u;

export type FieldProblem = 'missing' | 'invalid' | 'short' | 'long';

/** What is wrong with an e-mail address, or null. */
export function emailProblem(typed: string): FieldProblem | null {
	const email = typed.trim();
	if (email === '') return 'missing';
	if (email.length > EMAIL_MAX_LENGTH) return 'long';
	return EMAIL.test(email) ? null : 'invalid';
}

export function nameProblem(typed: string): FieldProblem | null {
	const name = typed.trim();
	if (name === '') return 'missing';
	if (name.length > NAME_MAX_LENGTH) return 'long';
	return CONTROL.test(name) ? 'invalid' : null;
}

/** Of a password that is to be set. */
export function newPasswordProblem(typed: string): FieldProblem | null {
	if (typed === '') return 'missing';
	if (typed.length < PASSWORD_MIN_LENGTH) return 'short';
	return typed.length > PASSWORD_MAX_LENGTH ? 'long' : null;
}

/** Addresses are one whatever the case. */
export function normaliseEmail(email: string): string {
	return email.trim().toLowerCase();
}
