/** What is wrong with the installation or the call, in one sentence that says what to do; no stack is shown. */
export class Fault extends Error {
	/** @override */
	name = 'Fault';
}

/**
 * Runs the body of a command; a `Fault` is printed as its sentence, anything else with its stack.
 *
 * @param {() => Promise<void>} body
 */
export async function command(body) {
	try {
		await body();
	} catch (error) {
		console.error(error instanceof Fault ? error.message : error);
		process.exitCode = 1;
	}
}

/**
 * The code of a failed system call (`EACCES` …), or undefined for another error.
 *
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function errorCode(error) {
	return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
