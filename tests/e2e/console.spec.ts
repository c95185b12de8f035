import { expect, test, type Page } from '@playwright/test';
import { giveEar, EAR_RATE_HZ, type Ear } from '../support/ear.ts';
import { giveFaultyMachine } from '../support/faulty-machine.ts';
import { levels, SILENCE_DBFS } from '../support/hearing.ts';
import {
	airState,
	enterBooth,
	enterFloor,
	expectToHear,
	farewell,
	goLive,
	joinByLink,
	passLobby,
	startListening,
	TONES
} from '../support/journey.ts';
import { invitePerson, type Microphone } from '../support/people.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
test.beforeAll(async () => {
	stack = await startStack();
});
test.afterAll(async () => {
	await stack.stop();
});

const key = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const link = (n: 0 | 1) => `${stack.url}${stack.demo.links.interpreters[n]?.path}`;
const WINDOW_MS = 10;

/** An interpreter whose ears and machine are ours. */
async function sitDown(name: string, microphone: Microphone, n: 0 | 1 = 0, handheld = false) {
	const person = await invitePerson(microphone, {
		viewport: { width: 1180, height: 820 },
		hasTouch: handheld,
		isMobile: handheld
	});
	const ear = await giveEar(person.page);
	const machine = await giveFaultyMachine(person.page);
	await joinByLink(person.page, link(n), name);
	await passLobby(person.page);
	return { ...person, name, ear, machine };
}

/** Ms from the press to the first window of a silence at the ear. */
function silentAfterMs(
	{ samples, endedAt }: Awaited<ReturnType<Ear['heardUntil']>>,
	pressedAt: number
): number {
	const startedAt = endedAt - (samples.length / EAR_RATE_HZ) * 1000;
	const heard = levels(samples, EAR_RATE_HZ, WINDOW_MS);
	const first = heard.findIndex(
		(level, n) => startedAt + n * WINDOW_MS > pressedAt && level < SILENCE_DBFS
	);
	return first < 0 ? Infinity : startedAt + first * WINDOW_MS - pressedAt;
}

/** Of the last ms; what has not been heard yet is not silence. */
function loudestOfLast(heard: Float32Array, ms: number): number {
	const samples = (EAR_RATE_HZ * ms) / 1000;
	if (heard.length < samples) return 0;
	return Math.max(...levels(heard.subarray(-samples), EAR_RATE_HZ, WINDOW_MS));
}

test('a held cough key and mute are silence at the listener, within 150 ms of the press', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const listener = await startListening(stack, /English/);
	await goLive(ana);
	await expectToHear(listener, TONES.ana);
	const { page } = ana;
	await page.evaluate(() => {
		addEventListener('keydown', () => Reflect.set(window, '__pressedAt', Date.now()), true);
	});

	const took: number[] = [];
	for (const held of ['c', 'c', 'm']) {
		await listener.ear.restart();
		await page.keyboard.down(held);
		// Really silent: digital nothing, not merely turned down.
		await expect.poll(async () => loudestOfLast(await listener.ear.heard(), 300)).toBeLessThan(-80);
		const pressedAt = await page.evaluate(() => Number(Reflect.get(window, '__pressedAt')));
		const heard = await listener.ear.heardUntil();
		took.push(silentAfterMs(heard, pressedAt));
		await page.keyboard.up(held);
		if (held === 'm') await page.keyboard.press('m');
		await expectToHear(listener, TONES.ana);
	}
	test.info().annotations.push({ type: 'press to silence, ms', description: took.join(' ') });
	console.log('press to silence at the listener, ms:', took.map(Math.round).join(' '));
	expect([...took].sort((a, b) => a - b)[1]).toBeLessThanOrEqual(150);
	await farewell([ana, listener]);
});

test('the ears are guarded: a fade-in, one loudness, a ceiling; tone and volume are the own', async () => {
	// Quiet for 6 s, in which the loudness is brought up; then as loud as a sound can be.
	const floor = await enterFloor(stack, {
		toneHz: TONES.floor,
		amplitudeAt: (seconds) => (seconds < 6 ? 0.02 : 0.999)
	});
	const ana = await sitDown('Ana', { toneHz: TONES.ana });
	const { page, ear } = ana;
	await expect(page.getByText('you hear it')).toBeVisible();
	await key(page, 'Silence floor').click();
	await key(page, 'Silence floor').click();
	await page.getByRole('tab', { name: 'Sound' }).click();
	await page.getByLabel('Volume', { exact: true }).fill('1');

	await ear.restart();
	const loudest = async () => {
		const heard = await ear.heard();
		return Math.max(...levels(heard, EAR_RATE_HZ, WINDOW_MS));
	};
	// A whole round of the recording, so that the bang out of quiet is in it.
	await expect
		.poll(async () => (await ear.heard()).length, { timeout: 30_000 })
		.toBeGreaterThan(EAR_RATE_HZ * 11);
	const heard = await ear.heard();
	const peakDb = 20 * Math.log10(heard.reduce((most, one) => Math.max(most, Math.abs(one)), 0));
	const after = levels(heard, EAR_RATE_HZ, 100);
	console.log(
		'ears: peak dBFS',
		peakDb.toFixed(1),
		'loudest 100 ms dBFS',
		Math.max(...after).toFixed(1)
	);
	expect(peakDb).toBeLessThanOrEqual(-6 + 0.3);
	expect(await loudest()).toBeGreaterThan(-30);

	// A line built anew begins silent and comes up over 300 ms.
	await ear.restart();
	await key(page, 'Restart all lines').click();
	const rise = async () => {
		const windows = levels(await ear.heard(), EAR_RATE_HZ, WINDOW_MS);
		const silentUntil = windows.findLastIndex((level) => level === -Infinity);
		return windows.slice(silentUntil + 1);
	};
	await expect.poll(async () => (await rise()).length).toBeGreaterThan(60);
	const [early = 0, late = 0] = [(await rise())[4], (await rise())[45]];
	console.log('fade-in: dBFS after 40 and 450 ms', early.toFixed(1), late.toFixed(1));
	expect(late - early).toBeGreaterThan(6);
	await farewell([floor, ana]);
});

test('what is wrong with the machine is seen and said within two seconds', async () => {
	const ana = await sitDown('Ana', { toneHz: TONES.ana });
	const { page, machine } = ana;
	await goLive(ana);
	const says = async (words: string | RegExp, inject: () => Promise<void>) =>
		test.step(String(words), async () => {
			await inject();
			await expect(page.getByText(words).first()).toBeVisible({ timeout: 2_000 });
		});
	const gone = (words: string) => expect(page.getByText(words).first()).toBeHidden();

	await says('Your microphone is silent.', () => machine.microphoneGain(0));
	await machine.microphoneGain(1);
	await gone('Your microphone is silent.');
	await says('Too loud: your sound is distorted.', () => machine.microphoneGain(20));
	await machine.microphoneGain(1);
	await gone('Too loud: your sound is distorted.');
	await key(page, 'Mute').click();
	await says('You are speaking, but you are MUTED.', () => Promise.resolve());
	await key(page, 'Mute').click();
	await says('Something else has taken your microphone', () => machine.call(true));
	await machine.call(false);
	await gone('Something else has taken your microphone');
	await says('Battery low.', () => machine.battery(0.1));
	await machine.battery(0.9);
	await gone('Battery low.');
	await machine.hide(true);
	await says('This page was out of sight while you were on air.', () => machine.hide(false));
	await says('Your microphone was unplugged.', () => machine.unplug());
	await expect(airState(page)).toHaveText('OFF AIR');
	await farewell([ana]);
});

test('leaving the page on a tablet offers the microphone to the boothmate, coming back withdraws it', async () => {
	const ana = await sitDown('Ana', { toneHz: TONES.ana }, 0, true);
	const ben = await enterBooth(
		stack,
		'Ben',
		{ toneHz: TONES.ben },
		{ path: new URL(link(1)).pathname }
	);
	await goLive(ana);
	await ana.machine.hide(true);
	await expect(key(ben.page, 'Take the microphone')).toBeEnabled({ timeout: 2_000 });
	await ana.machine.hide(false);
	await expect(key(ben.page, 'Ask for the microphone')).toBeEnabled();
	await expect(airState(ana.page)).toHaveText('ON AIR');
	await farewell([ana, ben]);
});

test('relay from another booth: no loops, and the floor again at once when it falls silent', async () => {
	const floor = await enterFloor(stack, { toneHz: TONES.floor });
	const ana = await sitDown('Ana', { toneHz: TONES.ana });
	const german = stack.demo.voices.find(({ language }) => language === 'de');
	const dora = await enterBooth(
		stack,
		'Dora',
		{ toneHz: TONES.ben },
		{ path: `/join/${german?.invite}` }
	);
	await expectToHear(ana, TONES.floor);
	const source = (page: Page, name: RegExp) =>
		page.getByRole('group', { name: 'Source' }).getByRole('button', { name });
	await expect(source(ana.page, /German off air/)).toBeDisabled();
	await goLive(dora);
	await source(ana.page, /German \+ direct/).click();
	await expectToHear(ana, TONES.ben);
	// What comes from there may not come back: said on the key, before it is pressed.
	await goLive(ana);
	await expect(source(dora.page, /English takes from here/)).toBeDisabled();

	const stoppedAt = Date.now();
	await key(dora.page, 'Stop').click();
	await expect(ana.page.getByText('The booth you took relay from is off air.')).toBeVisible();
	await expectToHear(ana, TONES.floor);
	console.log('floor heard again after the pivot stopped, ms:', Date.now() - stoppedAt);
	await farewell([floor, ana, dora]);
});
