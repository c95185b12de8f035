import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isRunning, identityOf } from './identity.js';
import { keepRunning } from './part.js';

type Part = ReturnType<typeof keepRunning>;
const running: Part[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'part-'));

afterEach(async () => {
	await Promise.all(running.splice(0).map((part) => part.stop(2_000)));
	rmSync(folder, { recursive: true, force: true });
});

/** Runs a piece of JavaScript as a part and hands out what happens to it, one after the other. */
function part(code: string) {
	const happened: string[] = [];
	let told: () => void = () => undefined;
	const tell = (what: string) => {
		happened.push(what);
		told();
	};
	const made = keepRunning(
		{
			...{ name: 'part', title: 'part of the test', cwd: tmpdir(), env: process.env },
			args: ['-e', code],
			isReadyLine: (line) => line === 'ready'
		},
		{ line: tell, started: () => tell('started'), died: (why) => tell(`died: ${why}`) }
	);
	running.push(made);
	const until = async (count: number) => {
		while (happened.length < count) await new Promise<void>((resolve) => (told = resolve));
		return happened.slice(0, count);
	};
	return { made, until };
}

const stays = 'setInterval(() => {}, 1000);';

test('is ready when it says so, and stops when asked', async () => {
	const { made } = part(`${stays} console.log('starting'); console.log('ready')`);
	await made.start();
	const identity = identityOf(made.pid() ?? 0);
	expect(isRunning(identity)).toBe(true);
	await made.stop(2_000);
	expect(isRunning(identity)).toBe(false);
});

test('is started again after it was killed', async () => {
	const { made, until } = part(`${stays} console.log('ready')`);
	await made.start();
	process.kill(made.pid() ?? 0, 'SIGKILL');
	expect(await until(5)).toEqual([
		'started',
		'ready',
		'died: was ended by SIGKILL',
		'started',
		'ready'
	]);
});

test('that ends before it is ready is a fault, and is not tried again', async () => {
	const { made, until } = part(`console.log('no room'); process.exit(3)`);
	await expect(made.start()).rejects.toThrow(
		'The part of the test ended with exit code 3 before it was ready.'
	);
	expect(await until(2)).toEqual(['started', 'no room']);
});

test('that does not obey is killed when its grace is over', async () => {
	const { made } = part(`process.on('SIGTERM', () => {}); ${stays} console.log('ready')`);
	await made.start();
	const identity = identityOf(made.pid() ?? 0);
	await made.stop(100);
	expect(isRunning(identity)).toBe(false);
});
