import { readFileSync } from 'node:fs';
import { opusFramesOfOgg, opusPacketMs } from './ogg-opus.ts';

export const FRAME_MS = 20;

/** A recording that is spoken over and over. */
export type Speech = {
	/** Opus, mono, 20 ms each. */
	readonly frames: readonly Buffer[];
};

/**
 * The bundled speech of a channel. It lies beside this file, in the sources as in the build.
 *
 * @throws when there is none for the language, or it is not made of 20 ms frames
 */
export function loadSpeech(language: string): Speech {
	const frames = opusFramesOfOgg(
		readFileSync(new URL(`./speech/${language}.opus`, import.meta.url))
	);
	if (frames.length === 0 || frames.some((frame) => opusPacketMs(frame) !== FRAME_MS))
		throw new Error(`the speech of ${language} is not made of ${FRAME_MS} ms frames`);
	return { frames };
}
