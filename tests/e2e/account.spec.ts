import { expect, test, type Page } from '@playwright/test';
import { totpCode } from '#lib/server/accounts/totp.ts';
import { expectAccessible } from '../support/accessible.ts';
import { airState, farewell, goLive, passLobby, TONES } from '../support/journey.ts';
import { linkIn, startMailbox, type Mailbox } from '../support/mailbox.ts';
import { invitePerson, type Person } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let mailbox: Mailbox;
test.beforeAll(async () => {
	mailbox = await startMailbox();
	stack = await startStack({
		SMTP_URL: mailbox.url,
		MAIL_FROM: 'VoxBento <box@portal.example>'
	});
});
test.afterAll(async () => {
	await stack.stop();
	await mailbox.stop();
});

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };
const PASSWORD = 'correct horse battery';
/** Refused forms are 400, what may not be seen 403; the browser notes each on its console. */
const REFUSED = /status of (400|401|403|404)/;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function superAdmin(): Promise<Person> {
	const admin = await invitePerson('none', { viewport: DESK });
	await admin.page.goto(`${stack.url}/admin/login?next=/admin/users`);
	await admin.page.getByLabel('Admin password').fill(stack.adminPassword);
	await button(admin.page, 'Sign in').click();
	await expect(admin.page.getByRole('heading', { name: 'Users' })).toBeVisible();
	return admin;
}

/** Makes an account by mail, and chooses its password by the link in the letter. */
async function newMember(admin: Person, name: string, email: string): Promise<string> {
	const { page } = admin;
	await page.goto(`${stack.url}/admin/users/new`);
	await page.getByLabel('Name', { exact: true }).fill(name);
	await page.getByLabel('E-mail address').fill(email);
	await button(page, 'Create and send the link by mail').click();
	await expect(page.getByText(`on its way to ${email}`)).toBeVisible();
	return linkIn(await mailbox.letterTo(email));
}

async function choosePassword(page: Page, link: string): Promise<void> {
	await page.goto(link);
	await page.getByLabel('New password').fill('short');
	await button(page, 'Set password and sign in').click();
	await expect(page.getByText('Take at least 10 characters')).toBeVisible();
	await expect(page.getByLabel('New password')).toBeFocused();
	await page.getByLabel('New password').fill(PASSWORD);
	await button(page, 'Set password and sign in').click();
	await expect(page).toHaveURL(`${stack.url}/`);
}

test('a member signs in by a link on a phone, turns on the second factor and signs in with it', async () => {
	const admin = await superAdmin();
	await expectAccessible(admin.page);
	const welcome = await newMember(admin, 'Mia', 'mia@example.org');
	const mia = await invitePerson('none', { viewport: PHONE, ignoreComplaints: REFUSED });
	const { page } = mia;
	await choosePassword(page, welcome);
	await page.goto(`${stack.url}/account`);
	await button(page, 'Sign out').click();

	await page.goto(`${stack.url}/login?next=/account`);
	await page.getByRole('link', { name: 'Send me a link instead' }).click();
	await expect(page.getByRole('heading', { name: 'Sign in by e-mail' })).toBeVisible();
	await page.getByLabel('E-mail address').fill('mia@example.org');
	await expectAccessible(page);
	await button(page, 'Send the link').click();
	await expect(page.getByText('If mia@example.org belongs to an account')).toBeVisible();
	// The welcome, the new password, the link.
	const link = linkIn(await mailbox.letterTo('mia@example.org', 3));
	// A mail scanner opens it first, and uses nothing up.
	expect((await fetch(link)).status).toBe(200);
	await page.goto(link);
	await expectAccessible(page);
	await button(page, 'Sign in').click();
	await page.goto(`${stack.url}/account`);
	await expect(page.getByText('mia@example.org').first()).toBeVisible();
	await expectAccessible(page);

	await page.getByLabel('Your password').nth(1).fill(PASSWORD);
	await button(page, 'Turn on').click();
	const key = (await page.getByTestId('totp-key').innerText()).replaceAll(' ', '');
	await page.getByLabel('Type the code that the app shows').fill('000000');
	await button(page, 'Confirm and turn on').click();
	await expect(page.getByText('This is not the code of now')).toBeVisible();
	await page.getByLabel('Type the code that the app shows').fill(totpCode(key, Date.now()));
	await button(page, 'Confirm and turn on').click();
	await expect(page.getByText('The second factor is on.')).toBeVisible();
	const recovery = await page
		.getByRole('listitem')
		.filter({ hasText: /^[A-Z2-9-]{19}$/ })
		.allInnerTexts();
	expect(recovery).toHaveLength(10);
	await expectAccessible(page);
	await button(page, 'Sign out').first().click();

	await page.goto(`${stack.url}/login?next=/account`);
	await page.getByLabel('E-mail address').fill('mia@example.org');
	await page.getByLabel('Password').fill(PASSWORD);
	await button(page, 'Sign in').click();
	await expect(page.getByRole('heading', { name: 'Code from your app' })).toBeVisible();
	await expectAccessible(page);
	// The code that turned it on is used; the next step's counts already.
	await page.getByLabel('Code', { exact: true }).fill(totpCode(key, Date.now() + 30_000));
	await button(page, 'Sign in').click();
	await expect(page).toHaveURL(`${stack.url}/account`);
	await expect(page.getByText('10 recovery codes left')).toBeVisible();

	// Gone everywhere at once; a recovery code brings in whoever lost the phone.
	await page.getByText('Sign out everywhere').first().click();
	await button(page, 'Sign out everywhere').click();
	await expect(page).toHaveURL(`${stack.url}/login`);
	await page.getByLabel('E-mail address').fill('mia@example.org');
	await page.getByLabel('Password').fill(PASSWORD);
	await button(page, 'Sign in').click();
	await page.getByLabel('Code', { exact: true }).fill(recovery[0]?.toLowerCase() ?? '');
	await button(page, 'Sign in').click();
	await page.goto(`${stack.url}/account`);
	await expect(page.getByText('9 recovery codes left')).toBeVisible();
	await farewell([admin, mia]);
});

test('an interpreter on air whose account is switched off is off the air within two seconds', async () => {
	const admin = await superAdmin();
	const welcome = await newMember(admin, 'Noa', 'noa@example.org');
	await admin.page.goto(`${stack.url}/admin/events/demo/people`);
	await admin.page.getByLabel('E-mail address').fill('noa@example.org');
	await button(admin.page, 'Add a person').click();
	await expect(admin.page.getByText('noa@example.org belongs here now.')).toBeVisible();
	const noa = await invitePerson(
		{ toneHz: TONES.ana },
		{ viewport: { width: 1180, height: 820 }, ignoreComplaints: REFUSED }
	);
	const { page } = noa;
	await choosePassword(page, welcome);
	await page.goto(`${stack.url}/interpreter/demo/en`);
	await passLobby(page);
	await goLive(noa);

	await admin.page.goto(`${stack.url}/admin/users?q=noa`);
	await admin.page.getByRole('link', { name: 'Noa' }).click();
	await expectAccessible(admin.page);
	await admin.page.getByText('Switch the account off').first().click();
	const path = `${stack.mediaApiUrl}/v3/paths/get/demo/en`;
	const isOnAir = async () => ((await (await fetch(path)).json()) as { online: boolean }).online;
	expect(await isOnAir()).toBe(true);
	const begun = Date.now();
	await button(admin.page, 'Switch the account off').click();
	await expect(page.getByRole('heading', { name: 'Your account was switched off' })).toBeVisible();
	await expect.poll(isOnAir, { intervals: [20] }).toBe(false);
	expect(Date.now() - begun).toBeLessThan(2_000);
	await expect(airState(page)).toBeHidden();
	await expect(button(admin.page, 'Switch the account on')).toBeVisible();

	// And no link lets them in again.
	const letters = mailbox.letters.length;
	await page.goto(`${stack.url}/login`);
	await page.getByLabel('E-mail address').fill('noa@example.org');
	await page.getByLabel('Password').fill(PASSWORD);
	await button(page, 'Sign in').click();
	await expect(page.getByText('do not belong together')).toBeVisible();
	await page.goto(welcome);
	await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
	expect(mailbox.letters).toHaveLength(letters);
	await farewell([admin, noa]);
});
