import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { LEASE_MS } from '#lib/domain/captions/lease.ts';
import { refuse } from '#lib/domain/result.ts';
import type { App } from '#lib/server/app.ts';
import { ANONYMOUS } from '#lib/domain/access/policy.ts';
import { CATCH_UP_LENGTH, type CaptionsCaughtUp } from '#lib/protocol/captions.ts';
import { booths, providerKeys } from '#lib/server/db/schema.ts';
import { createEvents } from '#lib/server/events/events.ts';
import { GET as captionsRest } from '../../src/routes/api/events/[slug]/captions/+server.ts';
import { openCaptionHall, type CaptionHall, type CaptionPortal } from '../support/caption-hall.ts';
import { captionReader, handWorker } from '../support/caption-sockets.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { routeEvent } from '../support/plane.ts';

describeOnEachDatabase('captions at the portal', (kind) => {
	let database: Awaited<ReturnType<typeof kind.open>>;
	let hall: CaptionHall;
	let portal: CaptionPortal;
	let offsetMs = 0;
	const opened: { close(): void }[] = [];
	const portals: CaptionPortal[] = [];

	const open = async (settings: Parameters<CaptionHall['portal']>[0] = {}) => {
		const made = await hall.portal({ now: () => Date.now() + offsetMs, ...settings });
		portals.push(made);
		return made;
	};
	const worker = async (at = portal, settings = {}) => {
		const made = handWorker(at, settings);
		opened.push(made);
		await made.hello();
		return made;
	};
	const reader = async (at = portal) => {
		const made = await captionReader(at.url, hall.slug);
		opened.push(made);
		return made;
	};
	const on = async (name = 'a', settings = {}) => {
		const booth = await hall.channel(name, { on: true, ...settings });
		await portal.captions.changed();
		return { booth, session: `booth-${booth}` };
	};

	beforeAll(async () => {
		database = await kind.open();
	});
	beforeEach(async () => {
		offsetMs = 0;
		hall = await openCaptionHall(database);
		portal = await open();
	});
	afterEach(async () => {
		for (const each of opened.splice(0)) each.close();
		for (const each of portals.splice(0)) {
			expect(each.violations).toEqual([]);
			await each.stop();
		}
		await hall.clear();
	});

	it('counts a channel’s finals without a hole, whoever hands them in how often at which portal', async () => {
		const { booth, session } = await on();
		const other = await open();
		const [one, two] = [await worker(), handWorker(other)];
		opened.push(two);
		const order = await one.take(session);
		const seqs = await Promise.all(
			Array.from({ length: 30 }, async (_, i) => {
				const from = i % 2 === 0 ? one : two;
				const again = i % 3 === 0 ? two : one;
				const answers = await Promise.all([
					from.final(order, `u${i}`, `Words ${i}.`),
					again.final(order, `u${i}`, `Words ${i}.`)
				]);
				return answers.map((answer) => (answer.ok ? answer.value.seq : -1));
			})
		);
		for (const [first, second] of seqs) expect(second).toBe(first);
		const stored = await hall.stored();
		expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
		expect(new Set(stored.map(({ id }) => id)).size).toBe(30);
		expect(portal.captions.status(booth)).toEqual({ kind: 'waiting-for-sound' });
	});

	it('gives no more sessions than the installation may have, says so, and gives the next when one is free', async () => {
		const small = await open({ limit: 2 });
		const channels = [await on('a'), await on('b'), await on('c')];
		const one = await worker(small);
		const [a, b, c] = channels.map(({ session }) => session);
		const first = await one.take(a ?? '');
		await one.take(b ?? '');
		await small.captions.changed();
		expect(small.captions.status(channels[2]?.booth ?? (first.channel as never))).toEqual({
			kind: 'full',
			limit: 2
		});
		expect(small.captions.activeWorkers()).toBe(2);
		expect(await one.claim(c ?? '')).toMatchObject({ error: { code: 'installation_full' } });
		await one.release(first);
		await hall.channel('a', { on: false });
		expect(await one.take(c ?? '')).toMatchObject({ session: c, epoch: 1 });
	});

	it('gives a channel to another worker when its holder says nothing for too long', async () => {
		const { booth, session } = await on();
		const one = await worker();
		const order = await one.take(session);
		expect(await one.final(order, 'u1', 'Before.')).toMatchObject({ value: { seq: 1 } });
		one.close();
		const spokenAt = Date.now();
		offsetMs = LEASE_MS + 1_000;
		await portal.captions.changed();
		const two = await worker();
		const next = await two.take(session);
		expect(next.epoch).toBe(order.epoch + 1);

		// The first is back: it is told, and what it heard before the other began is stored.
		const back = await worker();
		expect(await back.hello([{ session, epoch: order.epoch }])).toEqual([session]);
		expect(await back.final(order, 'u2', 'Late.', spokenAt)).toMatchObject({ value: { seq: 2 } });
		expect(await back.final(order, 'u3', 'Too late.', Date.now() + offsetMs + 1)).toMatchObject({
			error: { code: 'lease_lost' }
		});
		// The second counts its utterances from one again.
		expect(await two.final(next, 'u1', 'After.')).toMatchObject({ value: { seq: 3 } });
		expect((await hall.stored()).map(({ text }) => text)).toEqual(['Before.', 'Late.', 'After.']);
		expect(portal.said).toContain(`Starting local transcription worker for booth ${booth}`);
	});

	it('withdraws a session when captions or settings change, and a while after the sound has gone', async () => {
		const { session } = await on();
		const one = await worker();
		const order = await one.take(session);
		await hall.channel('a', { model: 'another' });
		await portal.captions.changed();
		const reasons = () => one.withdrawn.map(({ reason }) => reason);
		await eventually('settings changed', () => reasons().at(-1) === 'settings_changed');
		await one.release(order);
		one.offers.splice(0);
		const second = await one.take(session);
		expect(second.model).toBe('another');
		hall.sound('a', false);
		await portal.captions.changed();
		expect(reasons().at(-1)).toBe('settings_changed');
		offsetMs = 11_000;
		await portal.captions.changed();
		await eventually('off air', () => reasons().at(-1) === 'off_air');
		hall.sound('a', null);
		await one.release(second);
		hall.sound('a', true);
		one.offers.splice(0);
		await portal.captions.changed();
		await one.take(session);
		await hall.channel('a', { on: false });
		await portal.captions.changed();
		await eventually('switched off', () => reasons().at(-1) === 'switched_off');
	});

	it('goes on when a portal restarts, and asks nobody to stop while nobody can tell whether there is sound', async () => {
		const { session } = await on();
		const one = await worker();
		const order = await one.take(session);
		hall.sound('a', null);
		await portal.stop();
		await portal.restart();
		await eventually(
			'the worker is back',
			async () => (await one.hello([{ session, epoch: order.epoch }])) && true
		);
		offsetMs = LEASE_MS - 1_000;
		await portal.captions.changed();
		expect(await one.beat([{ session, epoch: order.epoch }])).toEqual([]);
		expect(one.withdrawn).toEqual([]);
		expect(await one.final(order, 'u1', 'Still here.')).toMatchObject({ value: { seq: 1 } });
	});

	it('says why captions of a channel may not begin', async () => {
		const { booth } = await on('a', { provider: 'deepgram' });
		const status = async () => {
			await portal.captions.changed();
			return portal.captions.status(booth);
		};
		expect(await status()).toEqual({ kind: 'blocked', reason: 'external_refused' });
		const { db } = database;
		await hall.allowExternal();
		expect(await status()).toEqual({ kind: 'blocked', reason: 'key_missing' });
		expect(portal.said).toContain('API key missing');

		const unreadable = await open({ key: async () => refuse('key_unreadable', '') });
		const row = { provider: 'deepgram', keyEncrypted: '', lastFour: '' };
		await db.insert(providerKeys).values({ eventId: hall.event, ...row });
		await unreadable.captions.changed();
		expect(unreadable.captions.status(booth)).toEqual({
			kind: 'blocked',
			reason: 'key_unreadable'
		});
		expect(unreadable.said).toContain('Failed to decrypt');

		await db.update(booths).set({ captionsConsent: false }).where(eq(booths.id, booth));
		expect(await status()).toEqual({ kind: 'blocked', reason: 'consent_missing' });
		await hall.channel('a', { on: false });
		expect(await status()).toEqual({ kind: 'off' });
	});

	it('hands the key to the worker that has the lease, and shows what that one says of itself', async () => {
		const withKey = await open({ key: async () => ({ ok: true, value: 'the key' }) });
		const { db } = database;
		await hall.allowExternal();
		const row = { provider: 'openai', keyEncrypted: '', lastFour: '' };
		await db.insert(providerKeys).values({ eventId: hall.event, ...row });
		const { booth, session } = await on('a', { provider: 'openai-realtime' });
		expect(portal.captions.status(booth)).toMatchObject({ kind: 'waiting-for-worker' });
		const one = await worker(withKey, { providers: ['openai-realtime'] });
		await withKey.captions.changed();
		const order = await one.take(session);
		expect(order).toMatchObject({
			key: 'the key',
			hiddenWords: expect.arrayContaining(['damn']),
			language: 'en'
		});
		const phase = {
			phase: 'retrying',
			what: 'provider',
			fault: { code: 'key_refused', detail: '401' },
			attempt: 1,
			retryAt: Date.now() + 15_000
		} as const;
		one.phase(order, phase);
		// At this portal and at the other one.
		for (const each of [withKey, portal])
			await eventually('the reason is shown', () => {
				const { kind, ...rest } = each.captions.status(booth);
				return kind === 'retrying' && 'fault' in rest && rest.fault.code === 'key_refused';
			});
	});

	it('brings captions to who reads the channel, at every portal, in order and each once', async () => {
		const { booth, session } = await on();
		const { booth: elsewhere } = await on('b');
		const other = await open();
		const here = await reader();
		const [there, stranger] = [await reader(other), await reader(other)];
		for (const each of [here, there]) expect(await each.follow(booth)).toMatchObject({ ok: true });
		await stranger.follow(elsewhere);
		const one = await worker();
		const order = await one.take(session);
		await eventually('a guess crosses', () => {
			one.partial(order, 'u1', 1, 'well');
			return here.partials.length > 0 && there.partials.length > 0;
		});
		expect(there.partials[0]).toMatchObject({ channel: booth, text: 'well', language: 'en' });
		for (let i = 1; i <= 25; i++) await one.final(order, `u${i}`, `Words ${i}.`);
		const seqs = (each: typeof here) => each.finals.map(({ seq }) => seq);
		const all = Array.from({ length: 25 }, (_, i) => i + 1);
		for (const each of [here, there])
			await eventually('all of them', () => each.finals.length === 25);
		for (const each of [here, there]) expect(seqs(each)).toEqual(all);
		expect(here.finals[0]?.id).toBe(there.partials[0]?.utterance);
		expect(stranger.finals).toEqual([]);
		await portal.captions.corrected(booth, 3);
		await eventually('the correction', () => seqs(there).at(-1) === 3 && seqs(here).at(-1) === 3);
	});

	it('gives who was away what came meanwhile, in pages, over socket and REST alike', async () => {
		const { booth, session } = await on();
		const one = await worker();
		const order = await one.take(session);
		const length = CATCH_UP_LENGTH + 30;
		for (let i = 1; i <= length; i++) await one.final(order, `u${i}`, `Words ${i}.`);
		const here = await reader();
		const arrived = await here.follow(booth);
		expect(arrived.ok && arrived.value.finals.at(-1)?.seq).toBe(length);
		const first = await here.follow(booth, { seq: 10 });
		if (!first.ok) throw new Error(first.error.code);
		expect(first.value.finals.map(({ seq }) => seq)).toEqual(
			Array.from({ length: CATCH_UP_LENGTH }, (_, i) => i + 11)
		);
		expect(first.value.more).toBe(true);

		const app = {
			events: createEvents(database.db),
			channels: portal.channels,
			captions: portal.captions,
			env: { PUBLIC_BASE_URL: portal.url }
		} as unknown as App;
		const rest = async (query: string, slug = hall.slug) => {
			const asked = routeEvent(app, ANONYMOUS, `/?${query}`, { slug });
			const response = await captionsRest(asked as unknown as Parameters<typeof captionsRest>[0]);
			return { status: response.status, body: (await response.json()) as CaptionsCaughtUp };
		};
		const since = await rest(`channel=${booth}&seq=${CATCH_UP_LENGTH + 10}`);
		expect(since.body.finals.map(({ text }) => text)).toEqual(
			Array.from({ length: 20 }, (_, i) => `Words ${CATCH_UP_LENGTH + 11 + i}.`)
		);
		expect((await rest(`channel=${booth}`)).body.finals.at(-1)?.seq).toBe(length);
		expect((await rest('channel=x')).status).toBe(400);
		const next = await openCaptionHall(database);
		const foreign = await next.channel('z', { on: true });
		expect((await rest(`channel=${foreign}`)).status).toBe(404);
		expect(await here.follow(foreign)).toMatchObject({ error: { code: 'not_found' } });
		await hall.channel('a', { on: false });
		await portal.channels.refresh();
		expect(await here.follow(booth)).toMatchObject({ error: { code: 'not_found' } });
		await next.clear();
	});
});
