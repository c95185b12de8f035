import { expect, test } from '@playwright/test';
import { EAR_RATE_HZ } from '../support/ear.ts';
import { longestSilenceMs } from '../support/hearing.ts';
import {
	TONES,
	airState,
	enterBooth,
	enterFloor,
	expectToHear,
	farewell,
	goLive,
	startListening
} from '../support/journey.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { toneVoice } from '../support/voices.ts';
import { publish } from '../support/webrtc/whip-publisher.ts';

let stack: Stack;
test.beforeEach(async () => {
	stack = await startStack();
});
test.afterEach(() => stack.stop());

/** What a browser says by itself about a server that is not there. */
const SERVER_AWAY =
	/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket connection to|status of 404|status of 400/;

test('a killed tab: the listener gets the floor, the boothmate the right, nobody is put on air', async () => {
	const technician = await enterFloor(stack, { toneHz: TONES.floor });
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const ben = await enterBooth(
		stack,
		'Ben',
		{ toneHz: TONES.ben },
		{ path: stack.demo.links.interpreters[1]?.path ?? '' }
	);
	const listener = await startListening(stack, /English/);
	await goLive(ana);
	await expectToHear(listener, TONES.ana);

	await ana.browser.close();
	await expectToHear(listener, TONES.floor);
	await expect(ben.page.getByRole('button', { name: 'Go live' })).toBeEnabled({ timeout: 20_000 });
	await expectToHear(listener, TONES.floor);
	await goLive(ben);
	await expectToHear(listener, TONES.ben);

	await farewell([technician, ben, listener]);
});

test('the media server killed and started again: sound returns without a reload', async () => {
	const ana = await enterBooth(
		stack,
		'Ana',
		{ toneHz: TONES.ana },
		{ ignoreComplaints: SERVER_AWAY }
	);
	const listener = await startListening(stack, /English/, { ignoreComplaints: SERVER_AWAY });
	await goLive(ana);
	await expectToHear(listener, TONES.ana);

	await stack.media.kill();
	await expectToHear(listener, null);
	await stack.media.start();
	await listener.ear.restart();
	await expectToHear(listener, TONES.ana, 40_000);
	await expect(airState(ana.page)).toHaveText('ON AIR');

	await farewell([ana, listener]);
});

test('the portal killed and started again in mid-talk: sound never stops, the booth is as it was', async () => {
	const ana = await enterBooth(
		stack,
		'Ana',
		{ toneHz: TONES.ana },
		{ ignoreComplaints: SERVER_AWAY }
	);
	const listener = await startListening(stack, /English/, { ignoreComplaints: SERVER_AWAY });
	await goLive(ana);
	await expectToHear(listener, TONES.ana);

	await listener.ear.restart();
	await stack.portal.kill();
	await expect(ana.page.getByText('The portal does not answer').first()).toBeVisible();
	await expect(airState(ana.page)).toHaveText('ON AIR');
	await stack.portal.start();
	await expect(ana.page.getByText('all lines good')).toBeVisible({ timeout: 20_000 });
	await expect(airState(ana.page)).toHaveText('ON AIR');
	await expectToHear(listener, TONES.ana);
	expect(longestSilenceMs(await listener.ear.heard(), EAR_RATE_HZ)).toBeLessThanOrEqual(20);

	await farewell([ana, listener]);
});

test('a second device with a stale token cannot publish: the media server refuses it', async () => {
	const ana = await enterBooth(stack, 'Ana', { toneHz: TONES.ana });
	const listener = await startListening(stack, /English/);
	const ticket = ana.page.waitForResponse((response) => response.url().includes('/whip-url'));
	await goLive(ana);
	const { url, token }: { url: string; token: string } = await (await ticket).json();
	await expectToHear(listener, TONES.ana);

	const voice = await toneVoice(TONES.ben);
	const forged = `${token.slice(0, -8)}AAAAAAAA`;
	await expect(publish({ url, token: forged }, voice)).rejects.toThrow('401');
	// The true one, copied to another device: it has served its one session.
	await expect(publish({ url, token }, voice)).rejects.toThrow('401');
	await expectToHear(listener, TONES.ana);

	await farewell([ana, listener]);
});
