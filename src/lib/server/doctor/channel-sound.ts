import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LISTEN_S = 3;
const GIVE_UP_MS = 12_000;

export type HeardSound =
	| { readonly kind: 'heard'; readonly peakDb: number }
	| { readonly kind: 'no-ffmpeg' }
	/** ffmpeg ran and got no sound; `why` is its last line. */
	| { readonly kind: 'nothing'; readonly why: string };

/**
 * Listens to a channel for three seconds, by the way the transcriber takes: ffmpeg, RTSP over TCP.
 *
 * @param url with its token; it is not shown in what comes back
 */
export async function listenTo(
	url: string,
	ffmpeg = process.env['FFMPEG_PATH'] ?? 'ffmpeg'
): Promise<HeardSound> {
	const child = spawn(
		ffmpeg,
		[
			...['-hide_banner', '-nostdin', '-rtsp_transport', 'tcp', '-i', url, '-t', String(LISTEN_S)],
			...['-vn', '-af', 'volumedetect', '-f', 'null', '-']
		],
		{ stdio: ['ignore', 'ignore', 'pipe'] }
	);
	let said = '';
	child.stderr
		.setEncoding('utf8')
		.on('data', (text: string) => (said = (said + text).slice(-8_000)));
	const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
	try {
		await once(child, 'close');
	} catch {
		// Its own `error`: there is no such program, or it may not be run.
		return { kind: 'no-ffmpeg' };
	} finally {
		clearTimeout(timer);
	}
	const peak = /max_volume: (-?[\d.]+|-inf) dB/.exec(said)?.[1];
	if (peak !== undefined)
		return { kind: 'heard', peakDb: peak === '-inf' ? -Infinity : Number(peak) };
	const last = said.trim().split('\n').at(-1) ?? '';
	return { kind: 'nothing', why: last.replaceAll(url, 'the channel').slice(0, 200) };
}
