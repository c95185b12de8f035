const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;

/** A WAV file of mono samples, −1 … 1, 16 bit (RIFF, "WAVE" with a PCM "fmt " chunk). */
export function wavOf(samples: Float32Array, rateHz: number): Blob {
	const bytes = new ArrayBuffer(HEADER_BYTES + samples.length * SAMPLE_BYTES);
	const view = new DataView(bytes);
	const text = (at: number, word: string) => {
		for (let n = 0; n < word.length; n++) view.setUint8(at + n, word.charCodeAt(n));
	};
	text(0, 'RIFF');
	view.setUint32(4, bytes.byteLength - 8, true);
	text(8, 'WAVEfmt ');
	view.setUint32(16, 16, true);
	view.setUint16(20, 1, true);
	view.setUint16(22, 1, true);
	view.setUint32(24, rateHz, true);
	view.setUint32(28, rateHz * SAMPLE_BYTES, true);
	view.setUint16(32, SAMPLE_BYTES, true);
	view.setUint16(34, 8 * SAMPLE_BYTES, true);
	text(36, 'data');
	view.setUint32(40, bytes.byteLength - HEADER_BYTES, true);
	samples.forEach((sample, n) => {
		const clipped = Math.max(-1, Math.min(1, sample));
		view.setInt16(HEADER_BYTES + n * SAMPLE_BYTES, Math.round(clipped * 32_767), true);
	});
	return new Blob([bytes], { type: 'audio/wav' });
}
