import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import {
	airState,
	enterBooth,
	farewell,
	goLive,
	joinByLink,
	passLobby,
	TONES
} from '../support/journey.ts';
import { invitePerson } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(async () => {
	await stack.stop();
});

const key = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const colleague = () => stack.demo.links.interpreters[1]?.path ?? '';

/** Everybody leaves the booth, so that the next journey finds it empty. */
async function leaveBooth(page: Page): Promise<void> {
	await key(page, 'Leave').click();
	const sure = page.getByRole('dialog');
	await expect(sure.or(key(page, 'Enter the booth'))).toBeVisible();
	if (await sure.isVisible()) await key(page, 'Leave and go off air').click();
	await expect(key(page, 'Enter the booth')).toBeVisible();
}

test('the lobby hears the microphone, and neither entering nor reloading goes on air', async () => {
	const ana = await invitePerson({ toneHz: TONES.ana }, { viewport: { width: 1180, height: 820 } });
	const { page } = ana;
	await joinByLink(page, `${stack.url}${stack.demo.links.interpreters[0]?.path}`, 'Ana');
	await expect(key(page, 'Test microphone')).toBeVisible();
	await expectAccessible(page);
	await key(page, 'Test microphone').click();
	await expect(page.getByText('We hear you. Your level is good.')).toBeVisible();
	await expectAccessible(page);

	await page.getByRole('radio', { name: 'My voice may be captioned' }).check();
	await key(page, 'Enter the booth').click();
	await expect(airState(page)).toHaveText('OFF AIR');
	await expect(page.getByText('Your microphone is shut. Press Go live')).toBeVisible();
	await expectAccessible(page);
	await goLive(ana);
	await expectAccessible(page);

	await page.reload();
	await expect(key(page, 'Test microphone')).toBeVisible();
	await passLobby(page);
	await expect(airState(page)).not.toHaveText('ON AIR');
	await leaveBooth(page);
	await farewell([ana]);
});

test('the microphone goes back and forth, and both are told at every step', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const ben = await enterBooth(stack, 'Ben', { toneHz: TONES.ben }, { path: colleague() });
	await goLive(ana);
	await expect(airState(ben.page)).toHaveText('STANDBY');
	await expect(ben.page.getByText('Ana⁩ is on air.').first()).toBeVisible();

	// Asked, and refused: nothing changes.
	await key(ben.page, 'Ask for the microphone').click();
	await expect(ben.page.getByText(/It opens when .*Ana.* agrees/)).toBeVisible();
	await expect(ana.page.getByText(/Ben.* asks for the microphone/)).toBeVisible();
	await expect(ana.page.getByText(/0:5\d left|1:00 left/)).toBeVisible();
	await expectAccessible(ana.page);
	await key(ana.page, 'Not now').click();
	await expect(ben.page.getByText(/Ana.* said not now/)).toBeVisible();
	await expect(airState(ana.page)).toHaveText('ON AIR');

	// Offered, and withdrawn.
	await key(ana.page, /Hand over to/).click();
	await expect(key(ben.page, 'Take the microphone')).toBeEnabled();
	await expectAccessible(ben.page);
	await key(ana.page, 'Withdraw').click();
	await expect(key(ben.page, 'Ask for the microphone')).toBeEnabled();

	// Offered, and taken: the outgoing one is on air until the other one is.
	await key(ana.page, /Hand over to/).click();
	await key(ben.page, 'Take the microphone').click();
	await expect(airState(ben.page)).toHaveText('ON AIR');
	await expect(airState(ana.page)).toHaveText('STANDBY');
	await expect(
		ana.page.getByText('Your microphone is shut.', { exact: false }).first()
	).toBeVisible();

	// Off air the right moves at once, and the microphone stays shut.
	await key(ben.page, 'Stop').click();
	await expect(airState(ben.page)).toHaveText('OFF AIR');
	await key(ana.page, 'Take the microphone').click();
	await expect(ana.page.getByText('Press Go live when you are ready.')).toBeVisible();
	await expect(airState(ana.page)).toHaveText('OFF AIR');
	await leaveBooth(ben.page);
	await leaveBooth(ana.page);
	await farewell([ana, ben]);
});

test('keys mute and cough, and never act while one writes', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const { page } = ana;
	await expect(key(page, 'Go live')).toBeEnabled();
	await page.keyboard.press('Control+Enter');
	await expect(airState(page)).toHaveText('ON AIR');

	await page.keyboard.press('m');
	await expect(page.getByText('You are muted. Listeners hear silence.')).toBeVisible();
	// A tone into a muted microphone looks like speech.
	await expect(page.getByText('You are speaking, but you are MUTED.')).toBeVisible();
	await page.keyboard.down('c');
	await expect(page.getByText('Silent while you hold.')).toBeVisible();
	await page.keyboard.up('c');
	await expect(page.getByText('You are muted. Listeners hear silence.')).toBeVisible();
	await page.keyboard.press('m');
	await expect(page.getByText('Listeners hear you.')).toBeVisible();

	await page.keyboard.press('t');
	await page.keyboard.type('mic check m c');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('log').getByText('mic check m c')).toBeVisible();
	await expect(page.getByText('Listeners hear you.')).toBeVisible();

	await page.keyboard.press('Escape');
	await page.keyboard.press('Control+.');
	await expect(airState(page)).toHaveText('OFF AIR');
	await leaveBooth(page);
	await farewell([ana]);
});

test('a second tab of the same person asks before it takes over', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	await goLive(ana);
	const second = await ana.context.newPage();
	await second.goto(ana.page.url());
	await passLobby(second);
	await expect(second.getByText('You are on air in another tab or device.')).toBeVisible();
	await expect(airState(second)).toHaveText('STANDBY');
	await expect(airState(ana.page)).toHaveText('ON AIR');
	await expectAccessible(second);

	await key(second, 'Take over here').click();
	await expect(airState(second)).toHaveText('ON AIR');
	await expect(airState(ana.page)).toHaveText('STANDBY');
	await leaveBooth(ana.page);
	await leaveBooth(second);
	await farewell([ana]);
});

/** Where the panel and the keys are, to the pixel. */
async function places(page: Page): Promise<unknown> {
	const boxOf = (part: Locator) => part.boundingBox();
	return {
		panel: await boxOf(page.locator('[data-air]')),
		keys: await Promise.all(
			['Go live', 'Stop', 'Mute', /^Cough/].map((name) => boxOf(key(page, name)))
		)
	};
}

for (const [width, height] of [
	[390, 844],
	[820, 1180],
	[1180, 820],
	[1440, 900]
] as const)
	test(`nothing moves and nothing is cut off at ${width}×${height}, whatever the state`, async () => {
		const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
		const { page } = ana;
		await page.setViewportSize({ width, height });
		await page.evaluate(() => scrollTo(0, 0));
		const before = await places(page);
		await goLive(ana);
		expect(await places(page)).toEqual(before);
		await key(page, 'Mute').click();
		await expect(page.getByText('You are speaking, but you are MUTED.')).toBeVisible();
		expect(await places(page)).toEqual(before);

		for (const locale of ['de', 'ar', 'en'])
			await test.step(locale, async () => {
				await page.getByRole('tab').nth(5).click();
				await page.locator('select[name=locale]').selectOption(locale);
				await expect(page.locator('html')).toHaveAttribute('lang', locale);
				const overflow = await page.evaluate(() => ({
					page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
					keys: [...document.querySelectorAll('button, [role=alert]')]
						.filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1)
						.map((part) => part.textContent)
				}));
				expect(overflow).toEqual({ page: 0, keys: [] });
			});
		await page.evaluate(() => scrollTo(0, 0));
		await leaveBooth(page);
		await farewell([ana]);
	});

test('a booth of another event, an unknown one and a stranger stay outside', async ({
	request
}) => {
	const stranger = await request.get(`${stack.url}/interpreter/demo/en`, { maxRedirects: 0 });
	expect(stranger.status()).toBe(303);
	expect(stranger.headers()['location']).toBe('/login?next=%2Finterpreter%2Fdemo%2Fen');

	const guest = await invitePerson('none', { ignoreComplaints: /status of 40[34]/ });
	await joinByLink(guest.page, `${stack.url}${stack.demo.links.interpreters[0]?.path}`, 'Ana');
	await expect(key(guest.page, 'Test microphone')).toBeVisible();
	const status = async (path: string) =>
		(await guest.page.goto(`${stack.url}${path}`))?.status() ?? 0;
	expect(await status('/interpreter/demo/de')).toBe(403);
	expect(await status('/interpreter/demo/floor')).toBe(404);
	expect(await status('/interpreter/nowhere/en')).toBe(404);
	expect(await status('/floor/demo')).toBe(403);
	for (const path of ['/interpreter/DEMO/EN', '/interpreter/demo/main/en']) {
		await guest.page.goto(`${stack.url}${path}`);
		expect(new URL(guest.page.url()).pathname).toBe('/interpreter/demo/en');
	}
	await farewell([guest]);
});

test('a browser without a microphone says so and lets one in all the same', async () => {
	const ana = await invitePerson('none', { viewport: { width: 820, height: 1180 } });
	const { page } = ana;
	await joinByLink(page, `${stack.url}${stack.demo.links.interpreters[0]?.path}`, 'Ana');
	await key(page, 'Test microphone').click();
	await expect(page.getByText('No microphone found. Plug one in, then test again.')).toBeVisible();
	await expectAccessible(page);
	await page.getByRole('radio', { name: 'No captions of my voice' }).check();
	await key(page, 'Enter without a microphone').click();
	await expect(airState(page)).toHaveText('OFF AIR');
	await key(page, 'Go live').click();
	await expect(page.getByText('No microphone is open. Choose one under Sound.')).toBeVisible();
	await expect(airState(page)).toHaveText('OFF AIR');
	await key(page, 'Leave').click();
	await farewell([ana]);
});
