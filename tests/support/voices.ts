import { OpusDecoder } from 'opus-decoder';
import { opusFramesOfOgg } from '../../workers/demo-voices/ogg-opus.ts';
import { ffmpeg } from './ffmpeg.ts';

/** What an interpreter says in a test: a tone that can be told from others by ear, by pitch and byte by byte. */
export type Voice = {
	readonly pitchHz: number;
	/** Opus, mono, 20 ms each; every frame's bytes are its own. */
	readonly frames: readonly Buffer[];
};

export const FRAME_MS = 20;
export const OPUS_CLOCK_HZ = 48_000;
export const SAMPLES_PER_FRAME = 960;

const known = new Map<string, Promise<Voice>>();

/**
 * A tone as Opus frames with a little noise, so that no two frames have the same bytes: no media server here
 * transcodes, so a frame's bytes tell which voice and which moment a listener received.
 *
 * @param amplitude 0–1; −12 dBFS if not said otherwise
 */
export function toneVoice(pitchHz: number, seconds = 20, amplitude = 0.25): Promise<Voice> {
	const key = `${pitchHz}/${seconds}/${amplitude}`;
	const voice = known.get(key) ?? encodeTone(pitchHz, seconds, amplitude);
	known.set(key, voice);
	return voice;
}

async function encodeTone(pitchHz: number, seconds: number, amplitude: number): Promise<Voice> {
	const tone = `aevalsrc=exprs=${amplitude}*sin(2*PI*${pitchHz}*t):s=${OPUS_CLOCK_HZ}:d=${seconds}`;
	const noise = `anoisesrc=r=${OPUS_CLOCK_HZ}:a=0.002:seed=${pitchHz}:d=${seconds}`;
	const file = await ffmpeg([
		...['-f', 'lavfi', '-i', tone, '-f', 'lavfi', '-i', noise],
		...['-filter_complex', 'amix=inputs=2:normalize=0', '-ac', '1', '-c:a', 'libopus'],
		...['-b:a', '32k', '-frame_duration', '20', '-f', 'ogg', 'pipe:1']
	]);
	const frames = opusFramesOfOgg(file);
	const different = new Set(frames.map((frame) => frame.toString('latin1')));
	if (different.size !== frames.length) throw new Error('two frames of a test voice are alike');
	return { pitchHz, frames };
}

/** A microphone that is muted at the mixing desk: frames arrive, and are digital silence. */
export async function mutedVoice(seconds = 20): Promise<Voice> {
	const file = await ffmpeg([
		...['-f', 'lavfi', '-i', `anullsrc=r=${OPUS_CLOCK_HZ}:cl=mono:d=${seconds}`],
		...['-c:a', 'libopus', '-b:a', '32k', '-frame_duration', '20', '-f', 'ogg', 'pipe:1']
	]);
	return { pitchHz: 0, frames: opusFramesOfOgg(file) };
}

/** Opus packets of any length to mono PCM at 48 kHz, −1 … 1, by libopus, which browsers decode with, too. */
export async function decodeOpus(frames: readonly Buffer[]): Promise<Float32Array> {
	const decoder = new OpusDecoder({ channels: 1 });
	await decoder.ready;
	try {
		const { channelData, samplesDecoded, errors } = decoder.decodeFrames([...frames]);
		if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
		return (channelData[0] ?? new Float32Array(0)).slice(0, samplesDecoded);
	} finally {
		decoder.free();
	}
}

/** Finds the voice and the frame number of received Opus bytes; what it does not know is nobody's. */
export function recogniser(
	voices: readonly Voice[]
): (payload: Buffer) => { pitchHz: number; index: number } | undefined {
	const byBytes = new Map(
		voices.flatMap(({ pitchHz, frames }) =>
			frames.map((frame, index) => [frame.toString('latin1'), { pitchHz, index }] as const)
		)
	);
	return (payload) => byBytes.get(payload.toString('latin1'));
}
