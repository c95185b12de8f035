import { expect, test } from '@playwright/test';
import { levels, tonesHeard, SILENCE_DBFS } from '../support/hearing.ts';
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
test('twenty handovers in a row: no hole, never two voices', async () => {
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

	const steps = packets.slice(1).map((packet, n) => {
		const before = packets[n] ?? packet;
		return {
			sequence: sequenceDistance(before.sequenceNumber, packet.sequenceNumber),
			time: timestampDistance(before.timestamp, packet.timestamp)
		};
	});
	// One unbroken line: every packet is the next one, 20 ms later, whoever speaks.
	expect(
		steps.filter(({ sequence, time }) => sequence !== 1 || time !== SAMPLES_PER_FRAME)
	).toEqual([]);

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

	// Frames of two encoders meet in one decoder, and what it predicts from the one does not fit the other: the
	// seam can be louder than both. Measured here, not yet bounded.
	const peaks = Array.from({ length: windows.length }, (_, n) => {
		const size = OPUS_CLOCK_HZ / 10;
		return sound
			.subarray(n * size, (n + 1) * size)
			.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
	});
	const usual = [...peaks].sort((a, b) => a - b)[Math.floor(peaks.length / 2)] ?? 0;
	const loudestDb = 20 * Math.log10(Math.max(...peaks) / usual);
	test.info().annotations.push({
		type: 'loudest sample over the voices',
		description: `${loudestDb.toFixed(1)} dB`
	});

	await farewell([ana, ben]);
});
