import { expect, type Page } from '@playwright/test';
import { giveEar, EAR_RATE_HZ, type Ear } from './ear.ts';
import { toneNow } from './hearing.ts';
import { invitePerson, type Microphone, type Person } from './people.ts';
import type { Stack } from './stack.ts';

/** Steps that people take, as sentences; used by every journey. */

/** Tones of the fake microphones: far from each other and from each other's harmonics. */
export const TONES = { ana: 440, ben: 620, floor: 1_000 } as const;
const ALL_TONES = Object.values(TONES);

export type Interpreter = Person & { readonly name: string };
export type Listener = Person & { readonly ear: Ear };

/** Comes by an invitation link and stands in the booth, off air. */
export async function enterBooth(
	stack: Stack,
	name: string,
	microphone: Microphone,
	{
		path = stack.demo.links.interpreters[0]?.path ?? '',
		ignoreComplaints = undefined as RegExp | undefined
	} = {}
): Promise<Interpreter> {
	const person = await invitePerson(microphone, {
		viewport: { width: 1180, height: 820 },
		...(ignoreComplaints ? { ignoreComplaints } : {})
	});
	await joinByLink(person.page, `${stack.url}${path}`, name);
	await passLobby(person.page);
	return { ...person, name };
}

export async function joinByLink(page: Page, link: string, name: string): Promise<void> {
	await page.goto(link);
	await page.getByLabel('Your name').fill(name);
	await page.getByRole('button', { name: 'Enter' }).click();
}

/** Through the microphone check into the console. */
export async function passLobby(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Test microphone' }).click();
	// Asked only where captions are made of what is said.
	const agree = page.getByRole('radio', { name: 'My voice may be captioned' });
	if (await agree.isVisible()) await agree.check();
	await page.getByRole('button', { name: 'Enter the booth' }).click();
	await expect(airState(page)).toHaveText(/OFF AIR|STANDBY/);
}

/** The one large word of the console. */
export function airState(page: Page) {
	return page.getByText(/^(OFF AIR|STANDBY|ON AIR)$/).first();
}

export async function goLive({ page }: Person): Promise<void> {
	await page.getByRole('button', { name: 'Go live' }).click();
	await expect(airState(page)).toHaveText('ON AIR');
}

/** A technician brings in the floor from a device. */
export async function enterFloor(stack: Stack, microphone: Microphone): Promise<Person> {
	const person = await invitePerson(microphone, { viewport: { width: 1180, height: 820 } });
	const { page } = person;
	await joinByLink(page, `${stack.url}${stack.demo.links.floor ?? ''}`, 'Tess');
	await page.getByRole('button', { name: 'Open the device' }).click();
	await page.getByRole('button', { name: 'Send as floor' }).click();
	await expect(page.getByText('The sound arrives at the media server.').first()).toBeVisible();
	return person;
}

/** Opens the demo event with its code and starts one language. */
export async function startListening(
	stack: Stack,
	language: RegExp,
	{ ignoreComplaints = undefined as RegExp | undefined } = {}
): Promise<Listener> {
	const person = await invitePerson('none', {
		viewport: { width: 390, height: 844 },
		...(ignoreComplaints ? { ignoreComplaints } : {})
	});
	const ear = await giveEar(person.page);
	await person.page.goto(`${stack.url}${stack.demo.links.listener}`);
	await chooseLanguage(person.page, language);
	return { ...person, ear };
}

/** One tap on the language's row; a tap before the page's scripts run does nothing yet, so it is repeated. */
export async function chooseLanguage(page: Page, language: RegExp): Promise<void> {
	await expect(async () => {
		await page.getByRole('button', { name: language }).first().click();
		await expect(page.getByRole('button', { name: /^Pause/ }).first()).toBeVisible({
			timeout: 1_000
		});
	}).toPass({ timeout: 15_000 });
}

/** Waits until exactly this tone is heard (null: silence). */
export async function expectToHear(
	{ ear }: Pick<Listener, 'ear'>,
	tone: number | null,
	withinMs = 15_000
): Promise<void> {
	await expect
		.poll(async () => toneNow(await ear.heard(), EAR_RATE_HZ, ALL_TONES), {
			timeout: withinMs,
			intervals: [200]
		})
		.toBe(tone);
}

/** Everything that was wrong on anybody's console; then everybody leaves. */
export async function farewell(people: readonly Person[]): Promise<void> {
	const complaints = people.flatMap(({ complaints }) => complaints);
	for (const person of people) await person.close();
	expect(complaints).toEqual([]);
}
