/**
 * Runs jobs, at most `limit` at once; a job that fails does not stop the others, unless `endsAll` says so
 * of its error: then what has not begun is left out.
 *
 * @returns the errors
 */
export async function inParallel(
	jobs: readonly (() => Promise<void>)[],
	limit: number,
	endsAll: (error: unknown) => boolean = () => false
): Promise<unknown[]> {
	const errors: unknown[] = [];
	let next = 0;
	async function lane(): Promise<void> {
		for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
			try {
				await job();
			} catch (error) {
				errors.push(error);
				if (endsAll(error)) next = jobs.length;
			}
		}
	}
	await Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, lane));
	return errors;
}
