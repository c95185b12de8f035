import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Package = { version?: string; optionalDependencies?: Record<string, string> };

/**
 * npm leaves an optional package out of the lock file when it could not fetch it, say one for another system;
 * then a fresh clone cannot be installed there, and newer npm refuses it everywhere.
 */
test('the lock file names the optional packages of every system', () => {
	const { packages }: { packages: Record<string, Package> } = JSON.parse(
		readFileSync('package-lock.json', 'utf8')
	);
	const isThere = (from: string, name: string): boolean => {
		if (packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`]) return true;
		if (from === '') return false;
		const parent = from.lastIndexOf('/node_modules/');
		return isThere(parent < 0 ? '' : from.slice(0, parent), name);
	};
	const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies)
			.filter((name) => !isThere(place, name))
			.map((name) => `${name} of ${place}`)
	);
	expect(missing).toEqual([]);
});
