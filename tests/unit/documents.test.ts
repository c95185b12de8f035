import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const documents = [
	'README.md',
	'CONTRIBUTING.md',
	...readdirSync('docs', { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.md'))
		.map((name) => path.join('docs', name))
];
const read = (file: string) => readFileSync(file, 'utf8');

describe.each(documents)('%s', (file) => {
	test('links to files that are there', () => {
		const links = [...read(file).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(
			([, link]) => link ?? ''
		);
		const missing = links.filter((link) => !existsSync(path.join(path.dirname(file), link)));
		expect(missing).toEqual([]);
	});

	test('names commands that exist', () => {
		const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
		const named = [...read(file).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
		expect(named.filter((name) => !(name in scripts))).toEqual([]);
	});
});

test('.env.example knows every variable that a process reads', () => {
	const example = read('.env.example');
	const variables = ['src/lib/server/env.ts', 'workers/media/env.ts'].flatMap((file) =>
		[...read(file).matchAll(/^\t+([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? '')
	);
	expect(variables.length).toBeGreaterThan(20);
	expect(variables.filter((name) => !new RegExp(`\\b${name}\\b`).test(example))).toEqual([]);
});
