import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBuilt, BUILD_STAMP } from './build-step.js';
import { sourceFingerprint } from './fingerprint.js';

let root: string;
const file = (name: string) => path.join(root, name);

beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'fingerprint-'));
	mkdirSync(file('src/lib/paraglide'), { recursive: true });
	writeFileSync(file('src/a.ts'), 'one');
	writeFileSync(file('package.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

test('follows contents and names, and not times', () => {
	const before = sourceFingerprint(root);
	utimesSync(file('src/a.ts'), 1, 1);
	expect(sourceFingerprint(root)).toBe(before);
	writeFileSync(file('src/a.ts'), 'two');
	const after = sourceFingerprint(root);
	expect(after).not.toBe(before);
	renameSync(file('src/a.ts'), file('src/b.ts'));
	expect(sourceFingerprint(root)).not.toBe(after);
});

test('leaves out what is generated, and tests', () => {
	const before = sourceFingerprint(root);
	writeFileSync(file('src/lib/paraglide/messages.js'), '');
	writeFileSync(file('src/a.test.ts'), '');
	expect(sourceFingerprint(root)).toBe(before);
});

test('a build is good for the sources it was made from alone', () => {
	expect(isBuilt(root)).toBe(false);
	mkdirSync(file('build'));
	writeFileSync(file(BUILD_STAMP), sourceFingerprint(root));
	expect(isBuilt(root)).toBe(true);
	writeFileSync(file('src/new.ts'), '');
	expect(isBuilt(root)).toBe(false);
});
