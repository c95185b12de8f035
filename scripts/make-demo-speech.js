// Makes the speech of the demo voices from the texts beside it. Run by hand after a text has changed:
//   apt-get install espeak-ng ffmpeg && node scripts/make-demo-speech.js
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../workers/demo-voices/speech/', import.meta.url));

/** Languages differ in voice, pitch and pace too, so that a listener notices a switch before understanding a word. */
const VOICES = [
	{ name: 'floor', voice: 'es-419+m3', pitch: 38, wordsPerMinute: 148 },
	{ name: 'en', voice: 'en-gb-x-rp+f2', pitch: 52, wordsPerMinute: 152 },
	{ name: 'de', voice: 'de+m7', pitch: 42, wordsPerMinute: 146 },
	{ name: 'fr', voice: 'fr-fr+f4', pitch: 48, wordsPerMinute: 148 },
	{ name: 'ar', voice: 'ar+m1', pitch: 46, wordsPerMinute: 128 }
];

/** One second of rest at the end, so that the loop has an audible seam between two rounds and no click. */
const FILTER = [
	'highpass=f=90',
	'lowpass=f=9000',
	'loudnorm=I=-18:TP=-3:LRA=7',
	'aresample=48000',
	'apad=pad_dur=1'
].join(',');

/** @param {string} command @param {string[]} args */
function run(command, args) {
	const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	if (error) throw error;
	if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
}

const scratch = mkdtempSync(path.join(tmpdir(), 'demo-speech-'));
try {
	for (const { name, voice, pitch, wordsPerMinute } of VOICES) {
		const wav = path.join(scratch, `${name}.wav`);
		const text = path.join(FOLDER, `${name}.txt`);
		const opus = path.join(FOLDER, `${name}.opus`);
		// -g is the pause between words in units of 10 ms: a little air makes a synthetic voice easier to follow.
		run('espeak-ng', [
			...['-v', voice, '-p', String(pitch), '-s', String(wordsPerMinute), '-g', '2'],
			...['-b', '1', '-f', text, '-w', wav]
		]);
		run('ffmpeg', [
			...['-hide_banner', '-loglevel', 'error', '-y', '-i', wav, '-af', FILTER, '-ac', '1'],
			...['-c:a', 'libopus', '-application', 'voip', '-b:a', '24k', '-vbr', 'on'],
			// What interpreters' browsers send: 20 ms frames with in-band error correction, no DTX.
			...['-frame_duration', '20', '-fec', '1', '-packet_loss', '5', '-dtx', '0'],
			...['-map_metadata', '-1', '-bitexact', '-f', 'opus', opus]
		]);
		const words = readFileSync(text, 'utf8').split(/\s+/).filter(Boolean).length;
		console.log(`${name}: ${words} words, ${Math.round(statSync(opus).size / 1024)} KiB`);
	}
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
