import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../fault.js';
import { mustRun } from '../steps/run.js';

/**
 * Programs the tests use and npm does not have.
 *
 * @type {{ name: string, isThere: () => boolean }[]} by their Debian names
 */
const NEEDED = [
	{ name: 'ffmpeg', isThere: () => Boolean(process.env['FFMPEG_PATH']) || isOnPath('ffmpeg') },
	{
		name: 'postgresql',
		isThere: () => Boolean(process.env['TEST_DATABASE_URL']) || hasPostgres()
	},
	{ name: 'chromium', isThere: () => hasBrowser() }
];

/**
 * Installs the programs that are missing where it may, else says which.
 *
 * @param {(text: string) => void} say
 */
export async function ensurePrograms(say) {
	const missing = NEEDED.filter(({ isThere }) => !isThere()).map(({ name }) => name);
	if (missing.length === 0) return;
	const isDebian = existsSync('/etc/debian_version');
	if (!isDebian || process.getuid?.() !== 0)
		throw new Fault(
			isDebian
				? `The tests need ${missing.join(', ')}. Install them with: sudo apt-get install ${missing.join(' ')}`
				: `The tests need ${missing.join(', ')}: install them your system's way; a browser comes with npx playwright install chromium, and TEST_DATABASE_URL may name a Postgres that runs already.`
		);
	say(`Installing ${missing.join(', ')} …`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const options = { cwd: '/', env };
	await mustRun('apt-get update', 'apt-get', ['update', '-q'], options);
	const install = ['install', '-q', '-y', '--no-install-recommends', ...missing];
	await mustRun('apt-get install', 'apt-get', install, options);
}

/** @param {string} program */
function isOnPath(program) {
	const folders = (process.env['PATH'] ?? '').split(path.delimiter);
	return folders.some((folder) => existsSync(path.join(folder, program)));
}

/** Debian keeps the server's programs off the PATH, a folder for each version. */
function hasPostgres() {
	if (isOnPath('initdb')) return true;
	try {
		return readdirSync('/usr/lib/postgresql').length > 0;
	} catch {
		return false;
	}
}

function hasBrowser() {
	if (process.env['CHROMIUM_PATH'] || existsSync('/usr/bin/chromium')) return true;
	const home =
		process.env['PLAYWRIGHT_BROWSERS_PATH'] ||
		path.join(process.env['HOME'] ?? '', '.cache/ms-playwright');
	try {
		return readdirSync(home).some((name) => name.startsWith('chromium'));
	} catch {
		return false;
	}
}
