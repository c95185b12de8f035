import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import { farewell } from '../support/journey.ts';
import { invitePerson, type Person } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(() => stack.stop());

/** Refused forms are 400 or 409, foreign addresses 403 or 404; the browser notes each on its console. */
const REFUSED = /status of (400|403|404|409)/;

async function organiser(javaScriptEnabled = true): Promise<Person> {
	const person = await invitePerson('none', {
		...{ javaScriptEnabled, ignoreComplaints: REFUSED },
		viewport: { width: 1440, height: 900 },
		timezoneId: 'Europe/Berlin'
	});
	const { page } = person;
	await page.goto(`${stack.url}/admin/login`);
	await page.getByLabel('Admin password').fill(stack.adminPassword);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByText('Signed in as Admin.').first()).toBeVisible();
	return person;
}

/** Through the wizard, from its first page to the links at its end. */
async function wizard(page: Page, name: string): Promise<void> {
	await page.goto(`${stack.url}/admin/events/new`);
	await page.getByLabel('Name of the event').fill(name);
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByLabel('Main room').fill('Great hall');
	await page.getByLabel('Room 2').fill('Studio');
	await page.getByRole('button', { name: 'Next' }).click();
	await page
		.getByRole('group', { name: 'Great hall' })
		.getByLabel('French Français fr', { exact: true })
		.check();
	await page.getByRole('group', { name: 'Studio' }).getByLabel('Other codes').fill('pt-br');
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByLabel('Links for interpreters').selectOption('1');
	await page.getByRole('button', { name: 'Create the event' }).click();
	await expect(page.getByRole('heading', { name: `${name} is ready` })).toBeVisible();
}

test('an event from nothing to a printed code, in under two minutes of clicks', async () => {
	const person = await organiser();
	const { page } = person;
	const startedAt = Date.now();
	await page.goto(`${stack.url}/admin/events/new`);
	await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
	await page.getByRole('button', { name: 'Next' }).click();
	await expect(page.getByText('Type a name.')).toBeVisible();
	await expect(page.getByLabel('Name of the event')).toBeFocused();
	await expectAccessible(page);

	await page.getByLabel('Name of the event').fill('Harbour days');
	await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByLabel('Main room').fill('Great hall');
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByLabel('Search a language').fill('french');
	await page.getByLabel('French Français fr', { exact: true }).check();
	await page.getByLabel('Search a language').fill('germany');
	await page.getByLabel('Sign language: Germany').check();
	await expectAccessible(page);
	// Back keeps what was typed, and forward again finds it.
	await page.getByRole('button', { name: 'Back' }).click();
	await expect(page.getByLabel('Main room')).toHaveValue('Great hall');
	await page.getByRole('button', { name: 'Back' }).click();
	await expect(page.getByLabel('Name of the event')).toHaveValue('Harbour days');
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByRole('button', { name: 'Next' }).click();
	await expect(page.getByText('Chosen: 2')).toBeVisible();
	await page.getByRole('button', { name: 'Next' }).click();
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Create the event' }).click();
	await expect(page.getByRole('heading', { name: 'Harbour days is ready' })).toBeVisible();
	await expect(
		page.getByRole('img', { name: /^Listen here: .*\/listener\/harbour-days/ })
	).toBeVisible();
	await expectAccessible(page);
	await page.emulateMedia({ media: 'print' });
	await expect(page.getByRole('navigation').first()).toBeHidden();
	await expect(page.getByRole('img', { name: /^French, interpreter 1: / })).toBeVisible();
	await page.emulateMedia({ media: 'screen' });
	expect(Date.now() - startedAt).toBeLessThan(120_000);

	// What was handed out opens what it says.
	const link = await page
		.getByRole('listitem')
		.filter({ hasText: 'French, interpreter 1' })
		.getByLabel('Link', { exact: true })
		.inputValue();
	await page.goto(link);
	await expect(page.getByText('Interpret into French')).toBeVisible();
	await farewell([person]);
});

test('the same without scripts', async () => {
	const person = await organiser(false);
	const { page } = person;
	await wizard(page, 'Plain days');
	await page.goto(`${stack.url}/admin/events/plain-days`);
	await expect(page.getByRole('link', { name: 'Brazilian Portuguese' })).toBeVisible();
	await page.setViewportSize({ width: 390, height: 844 });
	await page.locator('summary').filter({ hasText: 'Menu' }).click();
	await page.getByRole('link', { name: 'Rooms', exact: true }).click();
	await page.getByRole('button', { name: 'Move Studio up' }).click();
	await expect(page.getByRole('row').nth(1)).toContainText('Studio');
	await farewell([person]);
});

test('the life of an event: renamed, rooms, booths, schedule, exported, imported, deleted, brought back', async () => {
	const person = await organiser();
	const { page } = person;
	await wizard(page, 'River days');
	const at = `${stack.url}/admin/events`;

	await test.step('the room gets a name, a booth more, one less, and that one back', async () => {
		await page.goto(`${at}/river-days/rooms/studio`);
		await expectAccessible(page);
		await page.getByLabel('Name of the room').fill('Studio B');
		await page.getByRole('textbox', { name: 'Address' }).fill('studio-b');
		await page.getByRole('button', { name: 'Save' }).click();
		await expect(page).toHaveURL(`${at}/river-days/rooms/studio-b`);
		await page.getByLabel('Search a language').fill('arabic');
		await page.getByLabel('Arabic العربية ar', { exact: true }).check();
		await page.getByRole('button', { name: 'Add booths' }).click();
		await expect(page.getByRole('row', { name: /Arabic/ })).toBeVisible();
		await page.getByRole('button', { name: 'Remove the booth Arabic' }).click();
		await expect(page.getByText('The booth Arabic is removed')).toBeVisible();
		await page.getByRole('button', { name: 'Undo' }).click();
		await expect(page.getByRole('row', { name: /Arabic/ })).toBeVisible();
	});

	await test.step('the schedule warns of what does not fit, and listeners see what is on', async () => {
		await page.goto(`${at}/river-days/schedule`);
		await expectAccessible(page);
		const start = await page.getByLabel('Begins').inputValue();
		const end = `${start.slice(0, 11)}23:59`;
		await page.getByRole('textbox', { name: 'Title' }).fill('Opening words');
		await page.getByLabel('Ends').fill(start);
		await page.getByRole('button', { name: 'Save' }).click();
		await expect(page.getByText('It ends before it begins.')).toBeVisible();
		await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('Opening words');
		await page.getByLabel('Ends').fill(end);
		await page.getByLabel('Speakers').fill('A. Rao');
		await page.getByRole('button', { name: 'Save' }).click();
		await expect(page.getByRole('row', { name: /Opening words/ })).toBeVisible();
		await page.getByRole('textbox', { name: 'Title' }).fill('Another');
		await page.getByLabel('Begins').fill(start);
		await page.getByLabel('Ends').fill(end);
		await page.getByRole('button', { name: 'Save' }).click();
		await expect(page.getByText('These do not fit together')).toBeVisible();
		await page.getByRole('button', { name: 'Remove “Another”' }).click();
		await expect(page.getByRole('row', { name: /Another/ })).toBeHidden();
		await page.goto(`${stack.url}/listener/river-days`);
		await expect(page.getByText('NOW', { exact: true })).toBeVisible();
		await expect(page.getByText('Opening words')).toBeVisible();
	});

	const file = await test.step('its file has everything but secrets', async () => {
		await page.goto(`${at}/river-days/settings`);
		await expectAccessible(page);
		const download = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Export as a file' }).click();
		return (await download).path();
	});
	const text = readFileSync(file, 'utf8');
	expect(JSON.parse(text)).toMatchObject({
		format: 'voxbento-event',
		rooms: [{ slug: 'great-hall' }, { slug: 'studio-b', languages: ['pt-BR', 'ar'] }]
	});

	await test.step('a file with faults names each with its place; a good one becomes an event', async () => {
		await page.goto(`${at}/import`);
		await expectAccessible(page);
		const bring = (content: string) =>
			page.getByLabel('File', { exact: true }).setInputFiles({
				name: 'e.json',
				mimeType: 'application/json',
				buffer: Buffer.from(content)
			});
		await bring(text.replace('"pt-BR"', '"no language"').replace('"studio-b"', '"Studio B!"'));
		await page.getByRole('button', { name: 'Import' }).click();
		await expect(page.getByText('rooms[1].languages[0]')).toBeVisible();
		await expect(page.getByText('rooms[1].slug')).toBeVisible();
		await bring(text);
		await page.getByLabel('Another address').fill('river-days-2027');
		await page.getByRole('button', { name: 'Import' }).click();
		await expect(page).toHaveURL(`${at}/river-days-2027`);
		await expectAccessible(page);
	});

	await test.step('deleted by typing its address, found nowhere, brought back', async () => {
		await page.goto(`${at}/river-days/settings`);
		await page.getByText('Delete the event').first().click();
		await page.getByLabel('Type river-days to confirm').fill('river-days');
		await page.locator('details form').getByRole('button', { name: 'Delete the event' }).click();
		await expect(page.getByText('“River days” is deleted')).toBeVisible();
		await expectAccessible(page);
		expect((await page.request.get(`${stack.url}/listener/river-days`)).status()).toBe(404);
		await page
			.getByRole('row', { name: /River days/ })
			.getByRole('button', { name: 'Bring back' })
			.click();
		await expect(page).toHaveURL(`${at}/river-days`);
		expect((await page.request.get(`${stack.url}/listener/river-days`)).status()).toBe(200);
	});

	await test.step('lists are searched and sorted by address, and the dashboard says what is next', async () => {
		await page.goto(`${at}?sort=name&dir=asc`);
		await expectAccessible(page);
		await page.getByLabel('Search by name or address').fill('river');
		await page.getByRole('button', { name: 'Search' }).click();
		await expect(page.getByText('Events: 2')).toBeVisible();
		await page.goto(`${stack.url}/admin`);
		await expectAccessible(page);
		await page.goto(`${at}/river-days/rooms`);
		await expectAccessible(page);
	});
	await farewell([person]);
});

test('who coordinates one room of one event finds nothing of another', async () => {
	const admin = await organiser();
	await wizard(admin.page, 'Own days');
	const link = await admin.page
		.getByRole('listitem')
		.filter({ hasText: 'Technician of Studio' })
		.getByLabel('Link', { exact: true })
		.inputValue();
	const person = await invitePerson('none', { ignoreComplaints: REFUSED });
	const { page } = person;
	await page.goto(link);
	await page.getByLabel('Your name').fill('Tess');
	await page.getByRole('button', { name: 'Enter' }).click();
	await expect(page).toHaveURL(/\/floor\//);
	await page.goto(`${stack.url}/admin/events`);
	await expect(page.getByText('Events: 1')).toBeVisible();
	const status = async (path: string) =>
		(await page.request.get(`${stack.url}/admin/events/${path}`)).status();
	expect(await status('own-days/rooms/studio')).toBe(200);
	expect(await status('own-days/rooms/great-hall')).toBe(403);
	expect(await status('own-days/settings')).toBe(403);
	expect(await status('demo')).toBe(404);
	expect(await status('demo/rooms/main')).toBe(404);
	await farewell([admin, person]);
});
