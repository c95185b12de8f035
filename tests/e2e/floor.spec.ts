import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import {
	enterFloor,
	expectToHear,
	farewell,
	joinByLink,
	startListening,
	TONES
} from '../support/journey.ts';
import { invitePerson } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { toneVoice } from '../support/voices.ts';
import { publish } from '../support/webrtc/whip-publisher.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(async () => {
	await stack.stop();
});

const key = (page: Page, name: string) => page.getByRole('button', { name });

test('a device becomes the floor; another source asks before it takes over, and the first one knows', async () => {
	const first = await enterFloor(stack, { toneHz: TONES.floor });
	await expectAccessible(first.page);
	const listener = await startListening(stack, /^Floor/);
	await expectToHear(listener, TONES.floor);

	const second = await invitePerson(
		{ toneHz: TONES.ben },
		{ viewport: { width: 1180, height: 820 } }
	);
	await joinByLink(second.page, `${stack.url}${stack.demo.links.floor}`, 'Tom');
	await expect(
		second.page.getByText('Another source sends the floor.', { exact: false }).first()
	).toBeVisible();
	await key(second.page, 'Open the device').click();
	await key(second.page, 'Send as floor').click();
	await expectAccessible(second.page);
	await key(second.page, 'Replace it').click();
	await expectToHear(listener, TONES.ben);
	await expect(
		first.page.getByText('Another source has taken the floor. Nothing is sent from here.').first()
	).toBeVisible();

	await key(second.page, 'Mute').click();
	await expectToHear(listener, null);
	await key(second.page, 'Mute').click();
	await expectToHear(listener, TONES.ben);

	// Stereo is another session; it comes back by itself.
	await second.page.getByLabel('Channels').selectOption('2');
	await expect(
		second.page.getByText('The sound arrives at the media server.').first()
	).toBeVisible();
	await expectToHear(listener, TONES.ben);

	await key(second.page, 'Stop').click();
	await expect(
		second.page.getByText('Nothing is sent from here, and no other source sends.').first()
	).toBeVisible();
	await expectToHear(listener, null);
	await farewell([first, second, listener]);
});

test('a key for OBS is made on a press and opens the floor', async () => {
	const tess = await enterFloor(stack, { toneHz: TONES.ana });
	const { page } = tess;
	await key(page, 'Stop').click();
	await key(page, 'Make a key').click();
	const url = await page.getByLabel('Server').inputValue();
	const token = await page.getByLabel('Bearer token').inputValue();
	await expect(page.getByText(/Valid until .*Shown once/)).toBeVisible();
	await expectAccessible(page);

	const encoder = await publish({ url, token }, await toneVoice(TONES.floor));
	encoder.speak();
	await expect(
		page.getByText('Another source sends the floor.', { exact: false }).first()
	).toBeVisible();
	const listener = await startListening(stack, /^Floor/);
	await expectToHear(listener, TONES.floor);
	encoder.close();
	await farewell([tess, listener]);
});
