import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../fault.js';

/** All that a build is made from. */
const SOURCES = [
	'src',
	'workers',
	'messages',
	'static',
	'drizzle',
	'project.inlang/settings.json',
	'package.json',
	'package-lock.json',
	'svelte.config.js',
	'vite.config.ts',
	'tsconfig.json',
	'scripts/build.js'
];
/** Made by the build itself, or not part of it. */
const NOT_SOURCES = [/^src\/lib\/paraglide\//, /\.test\.ts$/, /^drizzle\/migrations\//];

/**
 * A digest of everything a build is made from, names and contents: modification times lie after a clone, a
 * checkout or a copy.
 *
 * @param {string} root
 */
export function sourceFingerprint(root) {
	const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '');
	for (const source of SOURCES) {
		for (const file of filesBelow(root, source)) {
			if (NOT_SOURCES.some((pattern) => pattern.test(file))) continue;
			const content = readFileSync(path.join(root, file));
			hash.update(`${file}\0${content.length}\0`).update(content);
		}
	}
	return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} below
 * @returns {string[]} paths from `root`, with slashes, in a fixed order
 */
function filesBelow(root, below) {
	/** @type {import('node:fs').Dirent[]} */
	let entries;
	try {
		entries = readdirSync(path.join(root, below), { withFileTypes: true });
	} catch (error) {
		if (errorCode(error) === 'ENOTDIR') return [below];
		return []; // one there need not be; making it changes the fingerprint
	}
	return entries
		.toSorted((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => {
			const name = `${below}/${entry.name}`;
			if (entry.isDirectory()) return filesBelow(root, name);
			return entry.isFile() ? [name] : [];
		});
}
