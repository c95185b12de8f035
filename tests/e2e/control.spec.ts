import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import { giveEar } from '../support/ear.ts';
import { enterBooth as enterWithoutBrowser } from '../support/guest.ts';
import {
	airState,
	enterBooth,
	expectToHear,
	farewell,
	goLive,
	joinByLink,
	TONES
} from '../support/journey.ts';
import { invitePerson } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { publish } from '../support/webrtc/whip-publisher.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(async () => {
	await stack.stop();
});

const key = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const card = (page: Page, language: string) => page.getByRole('article', { name: language });
/** 20 ms of Opus silence, as any encoder makes it. */
const SILENT_VOICE = { pitchHz: 0, frames: [Buffer.from([0xf8, 0xff, 0xfe])] };

/** A coordinator at the desk of the demo event, who can hear. */
async function sitAtTheDesk() {
	const person = await invitePerson('none', { viewport: { width: 1440, height: 900 } });
	const ear = await giveEar(person.page);
	await joinByLink(person.page, `${stack.url}${stack.demo.links.floor ?? ''}`, 'Cora');
	await person.page.waitForURL(/\/floor\//);
	await person.page.goto(`${stack.url}/control/demo`);
	await expect(card(person.page, 'English')).toBeVisible();
	return { ...person, ear };
}

test('the desk sees the truth, listens in, helps, and takes a voice off air with a reason', async () => {
	const cora = await sitAtTheDesk();
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	await goLive(ana);
	const english = card(cora.page, 'English');
	await expect(english.getByText('ON AIR')).toBeVisible();
	await expect(english.getByText('Ana', { exact: true })).toBeVisible();
	await expect(english.getByText('arrives')).toBeVisible();
	await expectAccessible(cora.page);

	await test.step('whoever sends silence shows as silent, whatever a page may say', async () => {
		const voice = stack.demo.voices.find(({ language }) => language === 'de');
		const place = { event: 'demo', language: 'de' };
		const dora = await enterWithoutBrowser(stack.url, `/join/${voice?.invite}`, 'Dora', place);
		await dora.ask('booth:go-live');
		const sound = await publish(await dora.ticket(), SILENT_VOICE);
		sound.speak();
		await dora.until('live', ({ phase }) => phase.kind === 'live');
		const liveAt = Date.now();
		const german = card(cora.page, 'German');
		await expect(german.getByText('ON AIR', { exact: true })).toBeVisible();
		await expect(german.getByText('On air, but silent')).toBeVisible({ timeout: 10_000 });
		console.log('silence on air shown at the desk after ms:', Date.now() - liveAt);
		await expect(
			cora.page.getByRole('listitem').filter({ hasText: 'On air, but silent' }).last()
		).toBeVisible();
		sound.close();
		await dora.leave();
	});

	await test.step('listening in is silent until asked for, one booth at a time', async () => {
		await expectToHear(cora, null);
		await key(cora.page, 'Listen').first().waitFor();
		await english.getByRole('button', { name: 'Listen' }).click();
		await expectToHear(cora, TONES.ana);
		await cora.page.keyboard.press('Escape');
		await cora.ear.restart();
		await expectToHear(cora, null);
	});

	await test.step('a call for help goes open, seen to, done; a signal reaches the speaker', async () => {
		await ana.page.getByRole('tab', { name: /^Help/ }).click();
		await ana.page.getByLabel('What do you need?').fill('No slides in the booth');
		await key(ana.page, 'Call the coordinator').click();
		const call = cora.page.getByRole('listitem').filter({ hasText: 'No slides in the booth' });
		await call.getByRole('button', { name: 'I see to it' }).click();
		await expect(ana.page.getByText(/Cora.* is seeing to it/)).toBeVisible();
		await call.getByRole('button', { name: 'Done' }).click();
		await expect(ana.page.getByText(/^done ·/)).toBeVisible();
		await key(ana.page, 'Slow down').click();
		const speaker = await cora.context.newPage();
		await speaker.goto(`${stack.url}/speaker/demo`);
		await expect(speaker.getByText('Slow down, please')).toBeVisible();
		await expectAccessible(speaker);
		await speaker.close();
	});

	await test.step('off air with a reason, and the microphone to a colleague', async () => {
		await english.getByRole('button', { name: 'Acts' }).click();
		await cora.page.getByLabel('Reason').fill('The headset crackles');
		await expectAccessible(cora.page);
		await key(cora.page, 'Take off air').click();
		await expect(airState(ana.page)).toHaveText('OFF AIR');
		await expect(ana.page.getByText(/took .*Ana.* off air: The headset crackles/)).toBeVisible();
		await key(cora.page, 'Back').click();
		const ben = await enterBooth(...([stack, 'Ben', { toneHz: TONES.ben }] as const), {
			path: stack.demo.links.interpreters[1]?.path ?? ''
		});
		await english.getByRole('button', { name: 'Acts' }).click();
		await key(cora.page, 'Give the microphone to Ben').click();
		await expect(ben.page.getByText('Press Go live when you are ready.')).toBeVisible();
		await key(cora.page, 'Back').click();
		await key(cora.page, 'Message all booths').click();
		await cora.page.getByLabel('Message', { exact: true }).last().fill('Five minutes late');
		await key(cora.page, 'Send').last().click();
		await expect(ben.page.getByText(/Cora.* writes: Five minutes late/)).toBeVisible();
		// Whoever watches is in no booth.
		await ben.page.getByRole('tab', { name: /^People/ }).click();
		await expect(ben.page.getByRole('listitem').filter({ hasText: 'Cora' })).toHaveCount(0);
		await farewell([ben]);
	});
	await farewell([cora, ana]);
});
