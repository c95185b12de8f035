/**
 * A value or a refusal. A refusal is an expected answer ("the seat is taken"), so it is returned;
 * exceptions are for bugs and lost machinery.
 */
export type Result<T, C extends string = string> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Refusal<C> };

/** `code` is stable and part of the protocol; `message` is English, for logs and API users. */
export type Refusal<C extends string = string> = { readonly code: C; readonly message: string };

export function ok<T>(value: T): Result<T, never> {
	return { ok: true, value };
}

export function refuse<C extends string>(code: C, message: string): Result<never, C> {
	return { ok: false, error: { code, message } };
}

/** For the default branch of a switch over a union: a member without a case no longer compiles. */
export function unreachable(value: never): never {
	throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
