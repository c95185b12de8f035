import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import type { Result } from '#lib/domain/result.ts';

/**
 * The ffmpeg to pull sound with: `FFMPEG_PATH`, else the system's, else the one inside the npm package
 * `@ffmpeg-installer/ffmpeg` (a build of 2018; the options used here mean the same in both).
 */
export async function findFfmpeg(
	env: Readonly<Record<string, string | undefined>> = process.env
): Promise<{ ok: true; path: string } | { ok: false; fault: CaptionFault }> {
	const named = env['FFMPEG_PATH'];
	if (named) {
		if (await answers(named)) return { ok: true, path: named };
		return { ok: false, fault: fault('ffmpeg_missing', `FFMPEG_PATH=${named} does not run`) };
	}
	if (await answers('ffmpeg')) return { ok: true, path: 'ffmpeg' };
	const packaged = packagedFfmpeg();
	if (packaged.ok && (await answers(packaged.value))) return { ok: true, path: packaged.value };
	const why = packaged.ok ? `${packaged.value} does not run` : packaged.error.message;
	return { ok: false, fault: fault('ffmpeg_missing', `no ffmpeg on the PATH; ${why}`) };
}

function packagedFfmpeg(): Result<string> {
	try {
		const installer: unknown = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
		if (typeof installer !== 'object' || installer === null || !('path' in installer))
			throw new Error('@ffmpeg-installer/ffmpeg names no path');
		const path = String(installer.path);
		executable(path);
		return { ok: true, value: path };
	} catch (error) {
		return { ok: false, error: { code: 'none', message: String(error) } };
	}
}

/** npm installs that skip install scripts leave the binary without its execute bit. */
function executable(path: string): void {
	try {
		accessSync(path, constants.X_OK);
	} catch {
		chmodSync(path, 0o755);
	}
}

function answers(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const child = spawn(path, ['-version'], { stdio: 'ignore', timeout: 10_000 });
		child.once('error', () => resolve(false));
		child.once('exit', (code) => resolve(code === 0));
	});
}
