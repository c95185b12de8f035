import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPglite, type Database } from '#lib/server/db/database.ts';
import type { BoothPage } from '../support/booth-page.ts';
import { personOf, Scene } from '../support/booth-scene.ts';
import { silentPage } from '../support/silent-page.ts';

// 6 kB each as UTF-8. A kernel swallows some megabytes for a reader that has stopped reading.
const LONG_WORD = '語'.repeat(2_000);
/** Said in one breath; well below what a page may be behind. */
const BREATH = 20;

describe('a slow reader', () => {
	let database: Database;
	let scene: Scene;
	beforeAll(async () => {
		database = await openPglite(null);
		await database.migrate();
	});
	afterAll(() => database.close());
	beforeEach(async () => {
		scene = await Scene.set(database);
	});
	afterEach(() => scene.end());

	/** Words are said in the booth until `isEnough`; answers how many, and the longest way to `reader`. */
	async function talk(
		speaker: BoothPage,
		reader: BoothPage,
		isEnough: (said: number) => boolean
	): Promise<{ said: number; slowestMs: number }> {
		const { chat } = scene.portal.booths;
		let slowestMs = 0;
		let said = 0;
		for (; !isEnough(said); said += BREATH) {
			const heard = reader.chat.length + BREATH;
			const at = performance.now();
			for (let n = 0; n < BREATH; n++)
				await chat.send(scene.hall.booth, personOf(speaker), 'Ana', LONG_WORD);
			await reader.until('the words', () => reader.chat.length >= heard);
			slowestMs = Math.max(slowestMs, performance.now() - at);
		}
		return { said, slowestMs };
	}

	it('whose TCP window is full delays nobody, and is cut off', { timeout: 120_000 }, async () => {
		const { ana, ben } = await scene.pair();
		const cleo = await scene.interpreter('Cleo');
		cleo.underlying()._socket.pause();
		const isCut = (): boolean =>
			ben.view.participants.some(({ name, connected }) => name === 'Cleo' && !connected);
		const { said, slowestMs } = await talk(ana, ben, (count) => isCut() || count > 6_000);
		expect(isCut()).toBe(true);
		expect(said).toBeGreaterThan(64);
		expect(slowestMs).toBeLessThan(2_000);
		expect(await ana.code('booth:chat', { body: 'still quick' })).toBe('ok');
		expect(ana.socket.connected && ben.socket.connected).toBe(true);
	});

	it('that never asks for its messages is cut off once they are too many', async () => {
		const { ana, ben } = await scene.pair();
		const cookie = await scene.hall.invite('Cleo');
		const silent = await silentPage(scene.portal.url, cookie, scene.hall.place);
		await ben.until('Cleo', () => ben.view.participants.length === 3);
		const isCut = (): boolean => ben.view.participants[2]?.connected === false;
		const { said } = await talk(ana, ben, (count) => isCut() || count > 500);
		expect([isCut(), said <= 500]).toEqual([true, true]);
		await silent.isUnknown();
	});

	it('gets the newest state, not every one, when it reads again', async () => {
		const { ana, ben } = await scene.pair();
		const cookie = await scene.hall.invite('Cleo');
		const silent = await silentPage(scene.portal.url, cookie, scene.hall.place);
		await ben.until('Cleo', () => ben.view.participants.length === 3);
		for (let n = 0; n < 15; n++) {
			await ben.act('request');
			await ben.act('cancel');
			await new Promise(setImmediate);
		}
		await ana.act('stop');
		await ana.untilPhase('ready Ana');
		// What had been sent already, and then what is true now.
		const shown = [...(await silent.read()), ...(await silent.read())];
		expect(shown.at(-1)).toMatchObject({
			version: ana.view.version,
			phase: { kind: 'ready', reason: 'stopped' }
		});
		expect(shown.length).toBeLessThan(10);
	});
});
