const TONES_HZ = [660, 880];
const TONE_S = 0.14;
const GAP_S = 0.06;
/** −26 dBFS: noticed beside speech in a headset, never startling. */
const AMPLITUDE = 0.05;

/** Two short tones for what a busy person must not miss. Silent where the page was never pressed. */
export function chime(): void {
	if (typeof AudioContext === 'undefined') return;
	const context = new AudioContext();
	TONES_HZ.forEach((frequency, index) => {
		const from = context.currentTime + index * (TONE_S + GAP_S);
		const tone = new OscillatorNode(context, { frequency });
		const gain = new GainNode(context, { gain: 0 });
		gain.gain.setTargetAtTime(AMPLITUDE, from, 0.01);
		gain.gain.setTargetAtTime(0, from + TONE_S - 0.04, 0.02);
		tone.connect(gain).connect(context.destination);
		tone.start(from);
		tone.stop(from + TONE_S + GAP_S);
		if (index === TONES_HZ.length - 1) tone.onended = () => void context.close();
	});
}
