import { readFileSync } from 'node:fs';

/**
 * A process that can be told from a later one with the same number.
 *
 * @typedef {{ pid: number, since: string }} ProcessIdentity
 */

/**
 * @param {number} pid
 * @returns {ProcessIdentity}
 */
export function identityOf(pid) {
	return { pid, since: startOf(pid) };
}

/**
 * Whether exactly this process still runs.
 *
 * @param {ProcessIdentity} identity
 */
export function isRunning({ pid, since }) {
	if (!Number.isInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: it runs, but belongs to somebody else.
		if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
	}
	return startOf(pid) === since;
}

/**
 * Boot and start tick of a process where Linux tells them (proc(5), field 22 of stat), else the empty string:
 * there the number alone must do.
 *
 * @param {number} pid
 */
function startOf(pid) {
	try {
		const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The name of the program stands in brackets and may contain anything, brackets too.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return `${boot}/${fields[19]}`;
	} catch {
		return '';
	}
}
