import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { LastLines } from './last-lines.ts';

/** No audio for so long is a fault, not silence: silence is audio too. */
export const SOUND_STALL_MS = 6_000;
/** Time for the RTSP handshake and the first packet. */
export const SOUND_FIRST_MS = 12_000;
/** How long ffmpeg has to end by itself before it is killed. */
export const SOUND_END_GRACE_MS = 2_000;
const STDERR_LINES = 12;

export type SoundSettings = {
	/** Program to run. */
	readonly ffmpeg: string;
	/** RTSP URL, read over TCP. */
	readonly url: string;
	readonly rateHz: number;
	readonly stallMs?: number;
	readonly firstMs?: number;
	readonly endGraceMs?: number;
};

export type SoundListener = {
	/** Mono s16le; whole samples. */
	audio(pcm: Buffer): void;
	/** Once, when the process is gone; `fault` null when it was asked to end. */
	ended(fault: CaptionFault | null): void;
};

export type SoundPull = {
	/** Asks ffmpeg to end, and kills its whole process group when it does not. Safe to call twice. */
	end(): void;
};

/**
 * Pulls a channel's sound from the media server until `end` or until it fails.
 *
 * ffmpeg runs in a process group of its own, so that an interrupt on the terminal reaches it through us
 * alone and nothing it started is left behind.
 */
export function pullSound(settings: SoundSettings, listener: SoundListener): SoundPull {
	const { stallMs = SOUND_STALL_MS, firstMs = SOUND_FIRST_MS } = settings;
	const child = spawn(settings.ffmpeg, soundArguments(settings), {
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true
	});
	const said = new LastLines(STDERR_LINES);
	let asked = false;
	let stalled: CaptionFault | null = null;
	let spare: Buffer = Buffer.alloc(0);
	let killing: NodeJS.Timeout | undefined;

	const end = (): void => {
		if (killing !== undefined || over) return;
		signal(child, 'SIGTERM');
		killing = setTimeout(() => signal(child, 'SIGKILL'), settings.endGraceMs ?? SOUND_END_GRACE_MS);
	};
	const onStall = (): void => {
		stalled ??= fault('sound_stalled', [...said.lines].join(' | '));
		end();
	};
	let watchdog = setTimeout(onStall, firstMs);
	let over = false;

	child.stderr.setEncoding('utf8').on('data', (text: string) => said.add(text));
	child.stdout.on('data', (chunk: Buffer) => {
		clearTimeout(watchdog);
		if (asked) return;
		watchdog = setTimeout(onStall, stallMs);
		const whole = spare.length === 0 ? chunk : Buffer.concat([spare, chunk]);
		const even = whole.length - (whole.length % 2);
		spare = whole.subarray(even);
		if (even > 0) listener.audio(whole.subarray(0, even));
	});

	const finish = (ended: CaptionFault): void => {
		if (over) return;
		over = true;
		clearTimeout(watchdog);
		clearTimeout(killing);
		// Whatever ffmpeg itself had started goes with it.
		signal(child, 'SIGKILL');
		listener.ended(asked ? null : (stalled ?? ended));
	};
	child.once('error', (error) => finish(fault('ffmpeg_missing', error.message)));
	child.once('close', (code, by) => finish(explained(said.lines, code ?? by)));

	return {
		end() {
			asked = true;
			clearTimeout(watchdog);
			end();
		}
	};
}

function soundArguments({ url, rateHz }: SoundSettings): string[] {
	return [
		...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'warning'],
		// No I/O timeout here: the option means microseconds today and "listen" in old builds. We watch.
		...['-rtsp_transport', 'tcp', '-allowed_media_types', 'audio'],
		...[
			'-fflags',
			'nobuffer',
			'-flags',
			'low_delay',
			'-probesize',
			'32768',
			'-analyzeduration',
			'0'
		],
		...[
			'-i',
			url,
			'-vn',
			'-ac',
			'1',
			'-ar',
			String(rateHz),
			'-c:a',
			'pcm_s16le',
			'-f',
			's16le',
			'pipe:1'
		]
	];
}

function signal(child: ChildProcessByStdio<null, Readable, Readable>, name: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, name);
	} catch {
		// The group is gone already.
	}
}

/** What ffmpeg's last words mean. Tokens in URLs are taken out: the words go to logs and pages. */
function explained(lines: readonly string[], status: number | string | null): CaptionFault {
	const words = lines.join(' | ').replace(/([?&](?:token|jwt)=)[^\s&'"]+/g, '$1…');
	const detail = `ffmpeg ended (${status}): ${words.slice(-450)}`; // the reason comes last
	if (/\b40[13]\b|unauthori[sz]ed|forbidden/i.test(words)) return fault('sound_refused', detail);
	return fault('sound_lost', detail);
}
