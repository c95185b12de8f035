// Read by every Node that knows modules, so that an old one gets a sentence and not a syntax error.

/**
 * @param {string} version as in `process.versions.node`
 * @returns {string | null} a sentence when this Node is too old, else null
 */
export function nodeVersionFault(version) {
	const parts = version.split('.').map(Number);
	const major = parts[0] || 0;
	const minor = parts[1] || 0;
	const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
	if (fits) return null;
	return (
		'VoxBento needs Node 20.19 or later, 22.12 or later, or 24; this is ' +
		version +
		'. Get one from https://nodejs.org and try again.'
	);
}

/** Ends the process with a sentence when this Node is too old. */
export function requireNodeVersion() {
	const fault = nodeVersionFault(process.versions.node);
	if (fault === null) return;
	console.error(fault);
	process.exit(1);
}
