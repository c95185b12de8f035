import type { FieldProblem } from '#lib/domain/access/account.ts';
import { m } from '#lib/paraglide/messages.js';

/** What is wrong with a field, in words; undefined when nothing is, as fields want it. */

type Problem = FieldProblem | null | undefined;

export function emailWords(problem: Problem): string | undefined {
	if (!problem) return undefined;
	if (problem === 'missing') return m.auth_email_missing();
	return problem === 'long' ? m.account_email_long() : m.auth_email_invalid();
}

export function nameWords(problem: Problem): string | undefined {
	if (!problem) return undefined;
	if (problem === 'missing') return m.account_name_missing();
	return problem === 'long' ? m.account_name_long() : m.account_name_invalid();
}

export function newPasswordWords(problem: Problem): string | undefined {
	if (!problem) return undefined;
	return problem === 'long' ? m.account_password_long() : m.account_password_short();
}
