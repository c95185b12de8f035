import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import { pullSound, type SoundPull } from './ffmpeg.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { LastLines } from './last-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'voxbento-ffmpeg-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let programs = 0;

/** A program in ffmpeg's place that does what the script says. */
function program(script: string): string {
	const path = join(folder, `ffmpeg-${programs++}`);
	writeFileSync(path, `#!/usr/bin/env node\n${script}\n`);
	chmodSync(path, 0o755);
	return path;
}

type Pulled = {
	pull: SoundPull;
	bytes: () => number;
	chunk: Promise<Buffer>;
	ended: Promise<CaptionFault | null>;
};

function pulled(ffmpeg: string, times: { stallMs?: number; endGraceMs?: number } = {}): Pulled {
	let count = 0;
	let first: (pcm: Buffer) => void = () => undefined;
	let last: (fault: CaptionFault | null) => void = () => undefined;
	const chunk = new Promise<Buffer>((resolve) => (first = resolve));
	const ended = new Promise<CaptionFault | null>((resolve) => (last = resolve));
	const pull = pullSound(
		{ ffmpeg, url: 'rtsp://127.0.0.1:1/x?token=geheim', rateHz: 16_000, ...times },
		{
			audio: (pcm) => {
				count += pcm.length;
				first(pcm);
			},
			ended: last
		}
	);
	return { pull, bytes: () => count, chunk, ended };
}

const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

describe('sound pulled by ffmpeg', () => {
	it('comes in whole samples whatever the pipe cuts', async () => {
		const { bytes, ended } = pulled(
			program(`
				process.stdout.write(Buffer.alloc(5));
				setTimeout(() => process.stdout.write(Buffer.alloc(6)), 50);
			`)
		);
		expect(await ended).toMatchObject({ code: 'sound_lost' });
		expect(bytes()).toBe(10);
	});

	it('goes on however much ffmpeg complains, with and without line ends', async () => {
		const { bytes, ended } = pulled(
			program(`
				const { writeSync } = require('node:fs');
				for (let i = 0; i < 60; i++) writeSync(2, 'x'.repeat(64 * 1024) + (i % 2 ? '\\r' : '\\n'));
				writeSync(1, Buffer.alloc(3200));
				writeSync(2, 'the last word');
			`)
		);
		expect((await ended)?.detail).toMatch(/the last word$/);
		expect(bytes()).toBe(3200);
	});

	it('that stalls while ffmpeg lives is a fault, and the process is ended', async () => {
		const { ended, chunk } = pulled(
			program(`
				process.stdout.write(String(process.pid).padEnd(20));
				setInterval(() => {}, 1000);
			`),
			{ stallMs: 200 }
		);
		const pid = Number((await chunk).toString());
		expect(await ended).toMatchObject({ code: 'sound_stalled' });
		expect(isAlive(pid)).toBe(false);
	});

	it('ends without a fault when asked, even if ffmpeg and its children do not listen', async () => {
		const { pull, ended, chunk } = pulled(
			program(`
				const { spawn } = require('node:child_process');
				process.on('SIGTERM', () => {});
				const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
				process.stdout.write(String(child.pid).padEnd(20));
				setInterval(() => {}, 1000);
			`),
			{ endGraceMs: 200 }
		);
		const childPid = Number((await chunk).toString());
		pull.end();
		pull.end();
		expect(await ended).toBeNull();
		await expect.poll(() => isAlive(childPid)).toBe(false);
	});

	it.each([
		['method DESCRIBE failed: 401 Unauthorized', 'sound_refused'],
		['method DESCRIBE failed: 404 Not Found', 'sound_lost']
	])('%s is %s, and no token gets into the words', async (words, code) => {
		const script = `process.stderr.write(${JSON.stringify(words)} + ' ' + process.argv.join(' ')); process.exitCode = 1;`;
		const ended = await pulled(program(script)).ended;
		expect(ended?.code).toBe(code);
		expect(ended?.detail).toContain('token=…');
		expect(ended?.detail).not.toContain('geheim');
	});

	it('without ffmpeg says so', async () => {
		const { ended } = pulled(join(folder, 'not-there'));
		expect(await ended).toMatchObject({ code: 'ffmpeg_missing' });
	});

	it('has an ffmpeg to run on this machine', async () => {
		expect(await findFfmpeg()).toMatchObject({ ok: true });
		expect(await findFfmpeg({ FFMPEG_PATH: '/not/there' })).toMatchObject({
			ok: false,
			fault: { code: 'ffmpeg_missing' }
		});
	});
});

it('keeps the last lines only, cut to a readable length', () => {
	const lines = new LastLines(2);
	lines.add('one\ntwo\rthr');
	lines.add('ee\n' + 'y'.repeat(2_000));
	expect(lines.lines.map((line) => line.length)).toEqual([5, 500]);
});
