import { expect, test } from '@playwright/test';
import { levels, tonesHeard, SILENCE_DBFS } from '../support/hearing.ts';
import { opusDurationSamples } from '../../workers/media/rtp/opus.ts';
import {
	TONES,
	airState,
	enterBooth,
	farewell,
	goLive,
	type Interpreter
} from '../support/journey.ts';
import { sequenceDistance, timestampDistance } from '../support/rtp.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { decodeOpus, OPUS_CLOCK_HZ, SAMPLES_PER_FRAME } from '../support/voices.ts';
import { listen } from '../support/webrtc/whep-reader.ts';

const HANDOVERS = 20;
/** Over the voices; a difference that cannot be heard. */
const LOUDEST_SEAM_DB = 1.5;
const SEAM_FRAMES = 4;

function peak(pcm: Float32Array): number {
	return pcm.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
}

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(() => stack.stop());

async function handOver(from: Interpreter, to: Interpreter): Promise<void> {
	await from.page.getByRole('button', { name: /^Hand over/ }).click();
	await to.page.getByRole('button', { name: 'Take the microphone' }).click();
	await expect(airState(to.page)).toHaveText('ON AIR');
	await expect(airState(from.page)).toHaveText('STANDBY');
}

/**
 * The listener is a native one here: it keeps every packet and conceals nothing, so that a hole of one frame
 * is a hole in the recording.
 */
test('twenty handovers in a row: no hole, no click, never two voices', async () => {
	test.setTimeout(240_000);
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const ben = await enterBooth(
		stack,
		'Ben',
		{ toneHz: TONES.ben },
		{ path: stack.demo.links.interpreters[1]?.path ?? '' }
	);
	await goLive(ana);

	const { whep, token } = await stack.command<{ whep: string; token: string }>('token', {
		action: 'read',
		path: 'demo/en'
	});
	const listener = await listen({ url: whep, token });
	await listener.next('a first packet', () => true);
	for (let n = 0; n < HANDOVERS; n++) await (n % 2 === 0 ? handOver(ana, ben) : handOver(ben, ana));
	// The last voice is to be heard for a while, too.
	let after = 0;
	await listener.next('half a second of the last voice', () => ++after === 25);
	const packets = [...listener.packets].slice(10);
	await listener.leave();

	// One unbroken line: every packet is the next one and begins where the one before ended, whoever speaks.
	const broken = packets.slice(1).filter((packet, n) => {
		const before = packets[n] ?? packet;
		return (
			sequenceDistance(before.sequenceNumber, packet.sequenceNumber) !== 1 ||
			timestampDistance(before.timestamp, packet.timestamp) !== opusDurationSamples(before.payload)
		);
	});
	expect(broken).toEqual([]);
	// The only frames that are not 20 ms long are those that keep a decoder from clicking.
	const short = packets.filter(({ payload }) => opusDurationSamples(payload) !== SAMPLES_PER_FRAME);
	expect(short).toHaveLength(HANDOVERS);

	const sound = await decodeOpus(packets.map(({ payload }) => payload));
	const quiet = levels(sound, OPUS_CLOCK_HZ, 20).map((level) => level < SILENCE_DBFS);
	const quietInARow = quiet.filter((isQuiet, n) => isQuiet && quiet[n + 1] === true);
	expect(quietInARow).toEqual([]);

	// Whoever is heard, is heard alone; one window may hold the end of one and the beginning of the other.
	const windows = tonesHeard(sound, OPUS_CLOCK_HZ, [TONES.ana, TONES.ben], { windowMs: 100 });
	const shared = windows.map((tones) => tones.length > 1);
	expect(shared.filter((isShared, n) => isShared && shared[n + 1] === true)).toEqual([]);
	const speakers = windows.flatMap((tones) => (tones.length === 1 ? tones : []));
	const changes = speakers.filter((tone, n) => n > 0 && tone !== speakers[n - 1]);
	expect(changes).toHaveLength(HANDOVERS);

	// Frames of two encoders meet in one decoder: what it predicts from the one need not fit the other, and the
	// seam can be louder than both, the newcomer's own onset included.
	const seamsDb: number[] = [];
	const usual = peak(sound.subarray(0, OPUS_CLOCK_HZ / 2));
	for (const [n, seam] of packets.entries()) {
		if (!short.includes(seam)) continue;
		const at = timestampDistance(packets[0]?.timestamp ?? 0, seam.timestamp);
		const newcomer = packets.slice(n + 1, n + 1 + SEAM_FRAMES).map(({ payload }) => payload);
		const alone = peak(await decodeOpus(newcomer));
		const heard = peak(
			sound.subarray(at - SAMPLES_PER_FRAME, at + SEAM_FRAMES * SAMPLES_PER_FRAME)
		);
		seamsDb.push(20 * Math.log10(heard / Math.max(alone, usual)));
	}
	test.info().annotations.push({
		type: 'loudest seam over the voices',
		description: `${Math.max(...seamsDb).toFixed(1)} dB`
	});
	expect(Math.max(...seamsDb)).toBeLessThan(LOUDEST_SEAM_DB);

	await farewell([ana, ben]);
});
