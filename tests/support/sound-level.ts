/** Loudness of all sound in dBFS (RMS); −Infinity for digital silence. */
export function levelDbfs(pcm: Float32Array): number {
	let sum = 0;
	for (const sample of pcm) sum += sample * sample;
	return 10 * Math.log10(sum / Math.max(1, pcm.length));
}

/** Loudness of one pitch in dBFS (RMS of that sine), by Goertzel's recurrence over all of `pcm`. */
export function pitchLevelDbfs(pcm: Float32Array, sampleRateHz: number, pitchHz: number): number {
	const factor = 2 * Math.cos((2 * Math.PI * pitchHz) / sampleRateHz);
	let before = 0;
	let beforeThat = 0;
	for (const sample of pcm) {
		const now = sample + factor * before - beforeThat;
		beforeThat = before;
		before = now;
	}
	const power = before * before + beforeThat * beforeThat - factor * before * beforeThat;
	const amplitude = (2 * Math.sqrt(Math.max(0, power))) / Math.max(1, pcm.length);
	return 20 * Math.log10(amplitude / Math.SQRT2);
}
