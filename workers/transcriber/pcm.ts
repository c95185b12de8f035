/** Mono s16le sound: the one form in which it travels from ffmpeg to the providers. */
export const BYTES_PER_SAMPLE = 2;

export function samplesToMs(samples: number, rateHz: number): number {
	return (samples / rateHz) * 1000;
}

export function pcmMs(pcm: Uint8Array, rateHz: number): number {
	return samplesToMs(pcm.length / BYTES_PER_SAMPLE, rateHz);
}

/** Samples from -1 to 1, as the models take them. */
export function toFloats(pcm: Buffer): Float32Array {
	const floats = new Float32Array(Math.floor(pcm.length / BYTES_PER_SAMPLE));
	for (let i = 0; i < floats.length; i++)
		floats[i] = pcm.readInt16LE(i * BYTES_PER_SAMPLE) / 32_768;
	return floats;
}

/** Loudness of a stretch, 0 to 1. */
export function rootMeanSquare(samples: Float32Array): number {
	if (samples.length === 0) return 0;
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	return Math.sqrt(sum / samples.length);
}

/** Header of a WAV file around PCM of that length (RIFF, format 1). */
export function wavFile(pcm: Buffer, rateHz: number): Buffer {
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + pcm.length, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(rateHz, 24);
	header.writeUInt32LE(rateHz * BYTES_PER_SAMPLE, 28);
	header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36);
	header.writeUInt32LE(pcm.length, 40);
	return Buffer.concat([header, pcm]);
}
