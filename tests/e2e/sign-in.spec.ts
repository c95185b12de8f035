import { expect, test } from '@playwright/test';
import { farewell } from '../support/journey.ts';
import { invitePerson, type Person } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(() => stack.stop());

/** Refused forms are 400 or 429, unknown addresses 404; the browser notes each on its console. */
const REFUSED = /status of (400|404|429)/;
const visit = (javaScriptEnabled = true): Promise<Person> =>
	invitePerson('none', { javaScriptEnabled, ignoreComplaints: REFUSED });

for (const scripts of [true, false]) {
	test.describe(scripts ? 'with scripts' : 'without scripts', () => {
		test('the admin password opens the installation and signing out closes it', async () => {
			const person = await visit(scripts);
			const { page } = person;
			await page.goto(`${stack.url}/admin/login`);
			await page.getByLabel('Admin password').fill('not this one');
			await page.getByRole('button', { name: 'Sign in' }).click();
			await expect(page.getByText('This is not the admin password.')).toBeVisible();
			await page.getByLabel('Admin password').fill(stack.adminPassword);
			await page.getByRole('button', { name: 'Sign in' }).click();
			await expect(page.getByText('Signed in as Admin.')).toBeVisible();
			await expect(page.getByRole('link', { name: 'Booth: German' })).toBeVisible();
			await page.getByRole('button', { name: 'Sign out' }).click();
			await expect(page.getByRole('link', { name: 'Booth: German' })).toBeHidden();
			await farewell([person]);
		});

		test('a refused sign-in keeps the address, names the field and never the password', async () => {
			const person = await visit(scripts);
			const { page } = person;
			await page.goto(`${stack.url}/login`);
			await page.getByLabel('E-mail address').fill('nobody');
			await page.getByRole('button', { name: 'Sign in' }).click();
			await expect(page.getByText('This does not look like an e-mail address.')).toBeVisible();
			await expect(page.getByText('Type your password.')).toBeVisible();
			await page.getByLabel('E-mail address').fill('nobody@example.org');
			await page.getByLabel('Password').fill('a guess');
			await page.getByRole('button', { name: 'Sign in' }).click();
			await expect(page.getByText('do not belong together')).toBeVisible();
			await expect(page.getByLabel('E-mail address')).toHaveValue('nobody@example.org');
			await expect(page.getByLabel('Password')).toHaveValue('');
			await farewell([person]);
		});

		test('an invitation says what it is for, asks for a name and is used by entering alone', async () => {
			const person = await visit(scripts);
			const { page } = person;
			const link = `${stack.url}${stack.demo.links.interpreters[0]?.path}`;
			// Mail scanners follow links; following one uses nothing up.
			await fetch(link);
			await page.goto(link);
			await expect(page.getByText('Interpret into English')).toBeVisible();
			expect(await person.context.cookies()).toEqual([]);
			await page.getByLabel('Your name').fill('   ');
			await page.getByRole('button', { name: 'Enter' }).click();
			await expect(page.getByText('Type your name')).toBeVisible();
			await page.getByLabel('Your name').fill('Ana');
			await page.getByRole('button', { name: 'Enter' }).click();
			await expect(page).toHaveURL(`${stack.url}/interpreter/demo/en`);
			await farewell([person]);
		});
	});
}

test('an unknown invitation and an unknown address help on', async () => {
	const person = await visit();
	await person.page.goto(`${stack.url}/join/not-a-secret`);
	await expect(person.page.getByText('This link does not exist.')).toBeVisible();
	await person.page.goto(`${stack.url}/nothing/here`);
	await expect(person.page.getByText('There is nothing at this address')).toBeVisible();
	await farewell([person]);
});

test('the language of the pages changes at once, direction and all', async () => {
	const person = await visit();
	const { page } = person;
	await page.goto(`${stack.url}/login`);
	await page.getByLabel('Language of these pages').selectOption('ar');
	await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
	await expect(page.getByRole('heading', { name: 'تسجيل الدخول' })).toBeVisible();
	await page.reload();
	await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
	await farewell([person]);
});

test('guessing at the join code ends for a while, and the page goes on by itself', async () => {
	const address = (code: string) => `${stack.url}/listener/demo?code=${code}`;
	const first = await fetch(`${stack.url}/listener/demo`);
	const device = first.headers.getSetCookie().join().split(';')[0] ?? '';
	const guess = (code: string, cookie = device) =>
		fetch(address(code), { redirect: 'manual', headers: { cookie } });
	for (let n = 0; n < 20; n++) expect((await guess('WRONG1')).status).toBe(200);
	const refused = await guess(stack.demo.joinCode ?? '');
	// The right code is refused too, and asked again by the browser when the time is over.
	expect(refused.headers.get('set-cookie')).toBeNull();
	expect(Number(refused.headers.get('refresh'))).toBeGreaterThan(0);
	expect(await refused.text()).toContain('Too many wrong codes came from this network');
	// The phone beside it comes in all the while.
	expect((await guess(stack.demo.joinCode ?? '', '')).status).toBe(303);
});
