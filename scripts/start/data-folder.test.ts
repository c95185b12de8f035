import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adminPassword, prepareDataFolder } from './data-folder.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'data-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the folder', () => {
	test('is made, for this user alone', () => {
		const made = path.join(folder, 'data');
		prepareDataFolder(made);
		expect(statSync(made).mode & 0o777).toBe(0o700);
	});

	test('is not made along a path that is not there', () => {
		const missing = path.join(folder, 'usb', 'data');
		expect(() => prepareDataFolder(missing)).toThrow(/does not exist, .* mkdir -p '.*usb\/data'/);
		expect(existsSync(path.dirname(missing))).toBe(false);
	});

	test('is not a file', () => {
		const file = path.join(folder, 'data');
		writeFileSync(file, '');
		expect(() => prepareDataFolder(file)).toThrow('is a file and not a folder');
	});

	// A folder no one may write to, root neither: the permissions of an ordinary one do not stop root.
	test.runIf(existsSync('/proc/self'))('is not read-only', () => {
		expect(() => prepareDataFolder('/proc/self')).toThrow(
			/cannot be written \(\w+\)\. Make it writable/
		);
	});
});

describe('the admin password', () => {
	test('is made once and kept for this user alone', () => {
		const first = adminPassword(folder, {});
		expect(first).toMatchObject({ origin: 'new' });
		expect(first.password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
		expect(statSync(first.file).mode & 0o777).toBe(0o600);
		expect(adminPassword(folder, {})).toEqual({ ...first, origin: 'kept' });
	});

	test('is the one of the environment, and none when that is empty', () => {
		expect(adminPassword(folder, { ADMIN_PASSWORD: 'given' })).toMatchObject({
			password: 'given',
			origin: 'environment'
		});
		expect(adminPassword(folder, { ADMIN_PASSWORD: '' })).toMatchObject({ password: '' });
		expect(existsSync(path.join(folder, 'admin-password'))).toBe(false);
	});
});
