/** SQLSTATE 23505, also where the ORM wrapped it. */
export function isUniqueViolation(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	if ('code' in error && error.code === '23505') return true;
	return isUniqueViolation(error.cause);
}
