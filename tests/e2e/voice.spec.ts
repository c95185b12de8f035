import { expect, test } from '@playwright/test';
import { EAR_RATE_HZ } from '../support/ear.ts';
import { longestSilenceMs, tonesHeard } from '../support/hearing.ts';
import {
	TONES,
	airState,
	enterBooth,
	expectToHear,
	farewell,
	goLive,
	passLobby,
	startListening
} from '../support/journey.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(() => stack.stop());

test('a voice goes from the booth to the phone, and is handed over without a hole', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const listener = await startListening(stack, /English/);
	await goLive(ana);
	await expectToHear(listener, TONES.ana);

	const ben = await enterBooth(
		stack,
		'Ben',
		{ toneHz: TONES.ben },
		{ path: stack.demo.links.interpreters[1]?.path ?? '' }
	);
	await expect(airState(ben.page)).toHaveText('STANDBY');
	// Joining opened nothing: Ana alone is heard.
	await expectToHear(listener, TONES.ana);

	await listener.ear.restart();
	await ana.page.getByRole('button', { name: /^Hand over/ }).click();
	await ben.page.getByRole('button', { name: 'Take the microphone' }).click();
	await expect(airState(ben.page)).toHaveText('ON AIR');
	await expect(airState(ana.page)).toHaveText(/STANDBY|OFF AIR/);
	await expectToHear(listener, TONES.ben);

	const heard = await listener.ear.heard();
	const gap = longestSilenceMs(heard, EAR_RATE_HZ);
	test.info().annotations.push({ type: 'silent gap of the handover', description: `${gap} ms` });
	expect(gap).toBeLessThanOrEqual(40);
	const heardTogether = tonesHeard(heard, EAR_RATE_HZ, [TONES.ana, TONES.ben], {
		windowMs: 100
	}).filter((tones) => tones.length > 1);
	// One window may hold the end of one voice and the beginning of the other.
	expect(heardTogether.length).toBeLessThanOrEqual(1);

	await farewell([ana, ben, listener]);
});

test('a reload never opens a microphone, and the one on air may come back only by a deliberate act', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const listener = await startListening(stack, /English/);
	await goLive(ana);
	await expectToHear(listener, TONES.ana);

	await ana.page.reload();
	await passLobby(ana.page);
	await expect(airState(ana.page)).toHaveText(/OFF AIR|STANDBY/);
	await expectToHear(listener, null);

	await farewell([ana, listener]);
});
