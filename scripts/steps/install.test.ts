import { expect, test } from 'vitest';
import { isInstalled } from './install.js';

const wanted = {
	packages: {
		'': { version: '1.0.0' },
		'node_modules/a': { version: '1.2.3' },
		'node_modules/b-darwin': { version: '2.0.0', optional: true }
	}
};

test('what the lock file asks for is there', () => {
	expect(isInstalled(wanted, { packages: { 'node_modules/a': { version: '1.2.3' } } })).toBe(true);
});

test.each([
	['nothing was installed', null],
	['a package is missing', { packages: {} }],
	['a package is of another version', { packages: { 'node_modules/a': { version: '1.2.2' } } }],
	[
		'an optional package is of another version',
		{
			packages: {
				'node_modules/a': { version: '1.2.3' },
				'node_modules/b-darwin': { version: '1.9.0' }
			}
		}
	]
])('%s', (_name, installed) => {
	expect(isInstalled(wanted, installed)).toBe(false);
});
