import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { dataFolder, npmStart, startPorts, untilReady } from '../support/npm-start.ts';
import type { RunningProcess } from '../support/running-process.ts';

const folder = dataFolder();
const running: RunningProcess[] = [];

afterEach(async () => {
	await Promise.all(running.splice(0).map((one) => one.stop(20_000)));
});
afterAll(() => folder.remove());

/** Starts, expects that it gives up, and hands out its last words. */
async function lastWords(start: RunningProcess): Promise<string[]> {
	const { code } = await start.ended;
	expect(code, start.output()).toBe(1);
	return start.output().trim().split('\n');
}

test('every port in use is named, with what to do', async () => {
	const ports = await startPorts();
	const [one, other] = [createServer(), createServer()];
	one.listen(ports.portal, '127.0.0.1');
	other.listen(ports.rtsp, '127.0.0.1');
	await Promise.all([once(one, 'listening'), once(other, 'listening')]);
	const words = await lastWords(npmStart(ports, ['--data', path.join(folder.path, 'data')]));
	expect(words).toEqual([
		expect.stringMatching(
			`^Port ${ports.portal} .*is in use by another program\\. Stop that one, or choose another: npm start -- --port N$`
		),
		expect.stringMatching(`^Port ${ports.rtsp} .*in use.*: MEDIA_RTSP_ADDRESS$`)
	]);
	one.close();
	other.close();
});

test('a folder that is not there is not made along a mistyped path', async () => {
	const missing = path.join(folder.path, 'no', 'such', 'folder');
	const words = await lastWords(npmStart(await startPorts(), ['--data', missing]));
	expect(words).toEqual([expect.stringMatching(/does not exist.*mkdir -p/)]);
	expect(existsSync(missing)).toBe(false);
});

// Not even root may write there.
test.runIf(existsSync('/proc/self'))('a read-only folder is said to be one', async () => {
	const words = await lastWords(npmStart(await startPorts(), ['--data', '/proc/self']));
	expect(words).toEqual([expect.stringMatching(/cannot be written \(\w+\)\. Make it writable/)]);
});

test('a mistyped option is answered with the options there are', async () => {
	const words = await lastWords(npmStart(await startPorts(), ['--dta', 'here']));
	expect(words.join('\n')).toMatch(/--dta[\s\S]*--data DIR/);
});

test('a second start on the same folder is refused, and the first goes on', async () => {
	const data = path.join(folder.path, 'data');
	const first = npmStart(await startPorts(), ['--data', data, '--no-demo']);
	running.push(first);
	await untilReady(first);
	const words = await lastWords(npmStart(await startPorts(), ['--data', data]));
	expect(words).toEqual([
		expect.stringContaining(`running already on the data folder ${data} (process ${first.pid})`)
	]);
	expect(readdirSync(data)).toContain('start.lock');
	await first.stop(20_000);
	expect(readdirSync(data)).not.toContain('start.lock');
}, 360_000);
