import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf, isRunning } from './identity.js';
import { lockForStart } from './lock.js';

let folder: string;
const silent = () => undefined;
const write = (content: object) =>
	writeFileSync(path.join(folder, 'start.lock'), JSON.stringify(content));

beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A process in a group of its own, as the parts of a start are. */
async function sleeper() {
	const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
	await once(child, 'spawn');
	return child;
}

test('is given back', async () => {
	const lock = await lockForStart(folder, silent);
	lock.remember([process.pid]);
	lock.release();
	expect(readdirSync(folder)).toEqual([]);
});

test('refuses a folder that another start uses, and says which', async () => {
	const other = await sleeper();
	write({ owner: identityOf(other.pid ?? 0), parts: [] });
	await expect(lockForStart(folder, silent)).rejects.toThrow(
		`running already on the data folder ${folder} (process ${other.pid})`
	);
	other.kill('SIGKILL');
});

test('is not fooled by another process with the same number', async () => {
	const other = await sleeper();
	write({ owner: { pid: other.pid, since: 'an earlier boot' }, parts: [] });
	(await lockForStart(folder, silent)).release();
	other.kill('SIGKILL');
});

test('ends what a killed start left running', async () => {
	const orphan = await sleeper();
	const gone = once(orphan, 'exit');
	const identity = identityOf(orphan.pid ?? 0);
	write({ owner: { pid: 2 ** 22 + 1, since: '' }, parts: [identity] });
	(await lockForStart(folder, silent)).release();
	await gone;
	expect(isRunning(identity)).toBe(false);
});

test('a lock that was cut short holds nobody up', async () => {
	writeFileSync(path.join(folder, 'start.lock'), '{"owner":{"pi');
	(await lockForStart(folder, silent)).release();
});
