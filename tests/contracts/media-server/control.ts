import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { recogniser, toneVoice } from '../../support/voices.ts';
import { ERROR, pathState, RFC_3339, type PathState } from './control-api.ts';
import { differences } from './differences.ts';
import { CHANNEL_CONFIG, type Stage } from './stage.ts';

/** The part of MediaMTX's control API (v3) that the portal and the operators' runbook use. */
export function control(stage: () => Stage): void {
	const get = (path: string) => stage().api.get(path);
	const post = (path: string, body?: unknown) => stage().api.send('POST', path, body);
	const patch = (path: string, body?: unknown) => stage().api.send('PATCH', path, body);
	const remove = (path: string) => stage().api.send('DELETE', path);
	const config = (verb: 'add' | 'patch' | 'replace' | 'delete' | 'get', name: string): string =>
		`/v3/config/paths/${verb}/${name}`;

	it('says what it is and since when it runs', async () => {
		const { status, body } = await get('/v3/info');
		expect(status).toBe(200);
		const { version, started } = body as { version: string; started: string };
		expect(version).toMatch(differences.version[stage().server.kind]);
		expect(started).toMatch(RFC_3339);
		expect(Date.now() - Date.parse(started)).toBeLessThan(600_000);
		expect(await get('/v3/info')).toEqual({ status, body });
	});

	it('does not know what it was not asked to be', async () => {
		expect((await fetch(`${stage().server.apiBase}/v3/nothing/here`)).status).toBe(404);
		expect((await fetch(`${stage().server.apiBase}/`)).status).toBe(404);
	});

	it.each([
		['paths', '/v3/paths/list'],
		['path configurations', '/v3/config/paths/list']
	])('lists %s page by page, sorted by name', async (_what, list) => {
		const made = [await stage().channel(), await stage().channel(), await stage().floor()];
		const names = (body: unknown): string[] =>
			(body as { items: { name: string }[] }).items.map(({ name }) => name);
		const all = await get(list);
		expect(all).toMatchObject({ status: 200, body: { itemCount: 3, pageCount: 1 } });
		expect(names(all.body)).toEqual([...made].sort());

		const firstPage = await get(`${list}?itemsPerPage=2`);
		expect(firstPage.body).toMatchObject({ itemCount: 3, pageCount: 2 });
		const secondPage = await get(`${list}?itemsPerPage=2&page=1`);
		expect([...names(firstPage.body), ...names(secondPage.body)]).toEqual(names(all.body));
		expect(names((await get(`${list}?itemsPerPage=2&page=7`)).body)).toEqual([]);

		for (const query of ['itemsPerPage=0', 'itemsPerPage=x', 'page=-1', 'page=1.5'])
			expect(await get(`${list}?${query}`), query).toEqual({ status: 400, body: ERROR });
	});

	it('describes a path, before and while somebody publishes', async () => {
		const path = await stage().channel();
		const idle = (await get(`/v3/paths/get/${path}`)).body as PathState;
		expect(idle).toMatchObject({
			name: path,
			confName: path,
			ready: true,
			available: true,
			availableTime: expect.stringMatching(RFC_3339),
			online: false,
			onlineTime: null,
			source: null,
			tracks2: [{ codec: 'Opus', codecProps: { channelCount: 2 } }],
			readers: []
		});
		const voice = await toneVoice(440);
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, voice);
		publisher.speak();
		const busy = await eventually('it is online', async () => {
			const state = await pathState(stage().api, path);
			return state.online && state.readers.length === 1 ? state : undefined;
		});
		expect(busy).toMatchObject({
			onlineTime: expect.stringMatching(RFC_3339),
			availableTime: idle.availableTime,
			source: { type: 'webRTCSession', id: publisher.session.id },
			readers: [{ type: 'webRTCSession', id: reader.session.id }]
		});
		await eventually('its bytes grow', async () => {
			const { inboundBytes, outboundBytes } = await pathState(stage().api, path);
			return inboundBytes > busy.inboundBytes && outboundBytes > busy.outboundBytes;
		});
		const listed = (await get('/v3/paths/list')).body as { items: PathState[] };
		expect(listed.items).toMatchObject([{ name: path, online: true, source: busy.source }]);
	});

	it('describes a path that waits for its publisher', async () => {
		const path = await stage().floor();
		expect(await get(`/v3/paths/get/${path}`)).toMatchObject({
			status: 200,
			body: {
				ready: false,
				available: false,
				online: false,
				source: null,
				tracks2: [],
				readers: []
			}
		});
		expect(await get('/v3/paths/get/nobody/made-this')).toEqual({ status: 404, body: ERROR });
	});

	describe('configuration', () => {
		it('is made, read, changed and deleted', async () => {
			const name = 'contract/configured';
			expect(await post(config('add', name), CHANNEL_CONFIG)).toEqual({
				status: 200,
				body: { status: 'ok' }
			});
			expect(await get(config('get', name))).toMatchObject({
				status: 200,
				body: {
					name,
					source: 'publisher',
					alwaysAvailable: true,
					alwaysAvailableTracks: [{ codec: 'Opus' }]
				}
			});
			expect((await patch(config('patch', name), { maxReaders: 7 })).status).toBe(200);
			expect((await get(config('get', name))).body).toMatchObject({
				maxReaders: 7,
				alwaysAvailable: true
			});
			expect((await post(config('replace', name), { maxReaders: 8 })).status).toBe(200);
			expect((await get(config('get', name))).body).toMatchObject({
				maxReaders: 8,
				alwaysAvailable: false
			});
			expect((await remove(config('delete', name))).status).toBe(200);
			expect(await get(config('get', name))).toEqual({ status: 404, body: ERROR });
			await eventually(
				'the path is gone too',
				async () => (await get(`/v3/paths/get/${name}`)).status === 404
			);
		});

		it('takes "replace" for a path that is not there yet', async () => {
			const name = 'contract/replaced';
			expect((await post(config('replace', name), CHANNEL_CONFIG)).status).toBe(200);
			await eventually('it is there', () => pathState(stage().api, name));
		});

		it('makes a waiting path always available, as the runbook does', async () => {
			const path = await stage().floor();
			expect((await patch(config('patch', path), CHANNEL_CONFIG)).status).toBe(200);
			await eventually(
				'it is available',
				async () => (await pathState(stage().api, path)).available
			);
			const reader = await stage().listen(path);
			await reader.next('silence', () => true);
		});

		it('refuses what it cannot do, and changes nothing', async () => {
			const path = await stage().channel();
			const before = (await get('/v3/config/paths/list')).body;
			const missing = 'contract/missing';
			const refused: [string, Promise<{ status: number; body: unknown }>, number][] = [
				['add what is there', post(config('add', path), CHANNEL_CONFIG), 400],
				['patch what is not', patch(config('patch', missing), { maxReaders: 1 }), 404],
				['delete what is not', remove(config('delete', missing)), 404],
				['an unknown key', patch(config('patch', path), { alwaysAvailible: true }), 400],
				['a value of another type', patch(config('patch', path), { maxReaders: 'many' }), 400],
				['no JSON', post(config('add', missing), '{"alwaysAvailable": tru'), 400],
				['no name', post('/v3/config/paths/add/', CHANNEL_CONFIG), 400],
				['a slash at the end', post(config('add', `${missing}/`), CHANNEL_CONFIG), 400],
				['a space', post(config('add', 'contract/a%20b'), CHANNEL_CONFIG), 400],
				['no ASCII', post(config('add', 'contract/%C3%A9'), CHANNEL_CONFIG), 400],
				['a way up', post(config('add', 'contract/..%2Fx'), CHANNEL_CONFIG), 400],
				['always available on a pattern', post(config('add', '~^contract/'), CHANNEL_CONFIG), 400],
				['always available for all', post(config('add', 'all_others'), CHANNEL_CONFIG), 400],
				['no tracks', post(config('add', missing), { alwaysAvailable: true }), 400],
				[
					'an unknown codec',
					post(config('add', missing), {
						alwaysAvailable: true,
						alwaysAvailableTracks: [{ codec: 'Speex' }]
					}),
					400
				]
			];
			for (const [what, answering, status] of refused)
				expect(await answering, what).toEqual({ status, body: ERROR });
			expect((await get('/v3/config/paths/list')).body).toEqual(before);
		});

		it('told again, disturbs nobody', async () => {
			const voice = await toneVoice(440);
			const who = recogniser([voice]);
			const path = await stage().channel();
			const reader = await stage().listen(path);
			const publisher = await stage().publish(path, voice);
			const spoken = reader.next('the voice', ({ payload }) => who(payload)?.index === 5);
			publisher.speak();
			await spoken;
			const before = await pathState(stage().api, path);

			expect((await post(config('replace', path), CHANNEL_CONFIG)).status).toBe(200);
			expect((await patch(config('patch', path), { alwaysAvailable: true })).status).toBe(200);

			const heard = who(reader.packets.at(-1)?.payload ?? Buffer.alloc(0))?.index ?? 0;
			await reader.next('the voice goes on', ({ payload }) => who(payload)?.index === heard + 50);
			expect(await pathState(stage().api, path)).toMatchObject({
				availableTime: before.availableTime,
				source: before.source,
				readers: before.readers
			});
			const indexes = reader.packets.flatMap(({ payload }) => who(payload)?.index ?? []);
			expect(indexes).toEqual(indexes.map((_, i) => (indexes[0] ?? 0) + i));
		});

		it('ends everyone on a path that it takes away', async () => {
			const path = await stage().channel();
			const reader = await stage().listen(path);
			const publisher = await stage().publish(path, await toneVoice(440));
			publisher.speak();
			await eventually('online', async () => (await pathState(stage().api, path)).online);
			expect((await remove(config('delete', path))).status).toBe(200);
			await stage().gone(reader);
			await stage().gone(publisher);
		});
	});
}
