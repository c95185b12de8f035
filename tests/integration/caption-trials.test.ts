import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ok } from '#lib/domain/result.ts';
import { eventId } from '#lib/domain/ids.ts';
import type { TrialOrder, TrialResult } from '#lib/protocol/worker.ts';
import { createTrials, type Trials } from '#lib/server/caption-settings/trials.ts';
import { createGlossary } from '#lib/server/caption-settings/glossary.ts';
import { createLog } from '#lib/server/log.ts';
import { startTranscriber, type Transcriber } from '../../workers/transcriber/transcriber.ts';
import { runTrial } from '../../workers/transcriber/trial.ts';
import { puppetProvider } from '../contracts/worker-portal/puppets.ts';
import { openCaptionHall, type CaptionHall, type CaptionPortal } from '../support/caption-hall.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/eventually.ts';

const HEARD: TrialResult = {
	language: 'en',
	text: 'Good morning.',
	firstTextMs: 700,
	finalMs: 1_200,
	fault: null
};

describeOnEachDatabase('a trial of a speech provider', (kind) => {
	let database: ReturnType<typeof kind.open> | null = null;
	let hall: CaptionHall;
	const portals: CaptionPortal[] = [];
	const trials: Trials[] = [];
	const workers: Transcriber[] = [];

	beforeEach(async () => {
		hall = await openCaptionHall(await (database ??= kind.open()));
	});
	afterEach(async () => {
		await Promise.all(workers.splice(0).map((worker) => worker.stop()));
		await Promise.all(trials.splice(0).map((one) => one.stop()));
		await Promise.all(portals.splice(0).map((portal) => portal.stop()));
		await hall.clear();
	});

	async function openPortal(): Promise<{ portal: CaptionPortal; asked: Trials }> {
		const portal = await hall.portal();
		const asked = createTrials({
			db: hall.database.db,
			worker: portal.captions.worker,
			keys: { key: () => Promise.resolve(ok('a-key')) },
			log: createLog('silent'),
			takenWithinMs: 2_500
		});
		asked.start();
		portals.push(portal);
		trials.push(asked);
		return { portal, asked };
	}
	async function workAt(
		portal: CaptionPortal,
		trial: (order: TrialOrder) => Promise<TrialResult>
	): Promise<void> {
		workers.push(
			startTranscriber({
				portal: portal.url,
				secret: portal.secret,
				name: 'test',
				version: '1',
				capacity: 1,
				providers: new Map([['deepgram', puppetProvider().provider]]),
				log: pino({ level: 'silent' }),
				trial
			})
		);
		await eventually('the worker', () => portal.captions.worker('deepgram') !== null);
	}

	test('is run by a worker of whichever portal, with key, model and the event’s names', async () => {
		const [here, there] = [await openPortal(), await openPortal()];
		const booth = await hall.channel('de', { provider: 'deepgram', model: 'nova-3' });
		const event = eventId(hall.event);
		await createGlossary(hall.database.db, { changed: () => Promise.resolve() }).add(event, [
			{ kind: 'speaker', term: 'Rao', translations: {} }
		]);
		const orders: TrialOrder[] = [];
		const answer = deferred<TrialResult>();
		await workAt(there.portal, (order) => {
			orders.push(order);
			return answer.promise;
		});
		const first = here.asked.run(event, booth);
		await eventually('the order', () => orders.length > 0);
		expect(orders).toMatchObject([
			{ provider: 'deepgram', model: 'nova-3', key: 'a-key', server: null, hints: ['Rao'] }
		]);
		expect(await here.asked.run(event, booth)).toEqual({ kind: 'busy' });
		answer.resolve(HEARD);
		const { language, ...heard } = HEARD;
		expect(language).toBe('en');
		expect(await first).toEqual({ kind: 'ran', ...heard });
	});

	test('says that no worker is there, or none that knows the provider', async () => {
		const { portal, asked } = await openPortal();
		await workAt(portal, () => Promise.resolve(HEARD));
		const booth = await hall.channel('fr', { provider: 'elevenlabs' });
		expect(await asked.run(eventId(hall.event), booth)).toEqual({ kind: 'no-worker' });
	});
});

test('the bundled recording goes through the provider as fast as it was spoken', async () => {
	const puppet = puppetProvider();
	const order: TrialOrder = {
		trial: 't',
		provider: 'local',
		model: '',
		language: 'de-AT',
		key: null,
		server: null,
		hints: []
	};
	const providers = new Map([['local', puppet.provider]]);
	const result = await runTrial(order, providers);
	expect(result).toMatchObject({ language: 'de', text: 'And the tail.', fault: null });
	// Most of ten seconds is speech.
	expect(puppet.last().written).toBeGreaterThan(5 * 32_000);
	puppet.refuseWith('key_refused');
	expect(await runTrial({ ...order, language: null }, providers)).toMatchObject({
		text: '',
		fault: { code: 'key_refused' }
	});
	expect(await runTrial({ ...order, provider: 'unknown' }, providers)).toMatchObject({
		fault: { code: 'engine_missing' }
	});
});
