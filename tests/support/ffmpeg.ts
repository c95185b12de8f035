import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

let found: string | undefined;

/** The ffmpeg to use in tests: `FFMPEG_PATH`, else the system's, else the one inside the npm package. */
export function ffmpegPath(): string {
	found ??= process.env['FFMPEG_PATH'] ?? systemFfmpeg() ?? packagedFfmpeg();
	return found;
}

function systemFfmpeg(): string | undefined {
	return spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0 ? 'ffmpeg' : undefined;
}

function packagedFfmpeg(): string {
	const installer: unknown = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
	if (typeof installer === 'object' && installer !== null && 'path' in installer)
		return String(installer.path);
	throw new Error('no ffmpeg: set FFMPEG_PATH or install one');
}

/**
 * Runs ffmpeg to its end and gives what it wrote to standard output.
 *
 * @param input bytes for standard input, when a `-i pipe:0` is among the arguments
 * @throws with ffmpeg's own words when it fails or does not end within `timeoutMs`
 */
export function ffmpeg(
	args: readonly string[],
	{ input, timeoutMs = 20_000 }: { input?: Uint8Array; timeoutMs?: number } = {}
): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const child = spawn(ffmpegPath(), ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args], {
			stdio: ['pipe', 'pipe', 'pipe']
		});
		const out: Buffer[] = [];
		const said: Buffer[] = [];
		const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
		child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
		child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
		// ffmpeg may stop reading before we stopped writing (it has enough); that is no fault.
		child.stdin.on('error', () => undefined);
		child.stdin.end(input);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			if (code === 0) resolve(Buffer.concat(out));
			else
				reject(
					new Error(`ffmpeg ended with ${code ?? signal}: ${Buffer.concat(said).toString().trim()}`)
				);
		});
	});
}
