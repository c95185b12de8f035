import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import { expectToHear, farewell, joinByLink, startListening, TONES } from '../support/journey.ts';
import { invitePerson, type Person } from '../support/people.ts';
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

/** A technician with an open device; nothing is sent yet. */
async function openDesk(name: string, toneHz: number): Promise<Person> {
	const person = await invitePerson({ toneHz }, { viewport: { width: 1180, height: 820 } });
	const { page } = person;
	await joinByLink(page, `${stack.url}${stack.demo.links.floor}`, name);
	await key(page, 'Open the device').click();
	await expect(page.getByText('Open: ')).toBeVisible();
	return person;
}

async function send(page: Page): Promise<void> {
	await key(page, 'Send as floor').click();
	await expect(page.getByText('The sound arrives at the media server.').first()).toBeVisible();
}

test('a device becomes the floor; another source asks before it takes over, and the first one knows', async () => {
	const first = await openDesk('Tess', TONES.floor);
	await send(first.page);
	await expectAccessible(first.page);
	const listener = await startListening(stack, /^Floor/);
	await expectToHear(listener, TONES.floor);

	const second = await openDesk('Tom', TONES.ben);
	await expect(second.page.getByText('Another source sends the floor.').first()).toBeVisible();
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
	await farewell([first, second, listener]);
});

test('a key for OBS is made on a press and opens the floor', async () => {
	const tess = await openDesk('Tess', TONES.ana);
	const { page } = tess;
	await key(page, 'Make a key').click();
	const url = await page.getByLabel('Server').inputValue();
	const token = await page.getByLabel('Bearer token').inputValue();
	await expect(page.getByText(/Valid until .*Shown once/)).toBeVisible();
	await expectAccessible(page);

	const encoder = await publish({ url, token }, await toneVoice(TONES.floor));
	encoder.speak();
	await expect(page.getByText('Another source sends the floor.').first()).toBeVisible();
	const listener = await startListening(stack, /^Floor/);
	await expectToHear(listener, TONES.floor);
	encoder.close();
	await farewell([tess, listener]);
});
