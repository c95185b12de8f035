import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SessionPhase, WorkerPartial } from '#lib/protocol/worker.ts';
import { startTranscriber, type Transcriber } from '../../../workers/transcriber/transcriber.ts';
import { eventually } from '../../support/eventually.ts';
import { puppetProvider, puppetSound } from './puppets.ts';

/** A portal as a test of the worker sees it; channels go by the test's own names. */
export type ContractPortal = {
	readonly url: string;
	readonly secret: string;
	/** What the worker did against the protocol. */
	readonly violations: readonly string[];
	/** In the order of `seq`. */
	stored(): Promise<readonly StoredFinal[]>;
	readonly partials: readonly Pick<WorkerPartial, 'utterance' | 'revision' | 'text'>[];
	/** Every phase that was reported. */
	readonly phases: readonly SessionPhase[];
	/** Names of channels whose lease was given back. */
	readonly released: readonly string[];
	/** Claims that were granted. */
	readonly claims: number;
	/** Connections with a wrong secret. */
	readonly refused: number;
	/** The channel's captions are wanted, its word `damn` hidden; a provider nobody has on request. */
	offer(channel: string, provider?: string): Promise<void>;
	withdraw(channel: string): Promise<void>;
	/** Gives the channel to another worker, as after a lease that ran out. */
	takeOver(channel: string): Promise<void>;
	/** Stores finals, but does not say so: the answer gets lost. */
	muteFinals(muted: boolean): void;
	/** Names of channels that the worker runs now. */
	namesOf(sessions: readonly string[]): readonly string[];
	stop(): Promise<void>;
	restart(): Promise<void>;
	/** Stops it for good. */
	close(): Promise<void>;
};

export type StoredFinal = {
	/** As the worker named it. */
	readonly id: string;
	readonly seq: number;
	readonly text: string;
	readonly startedAt: number;
	readonly endedAt: number;
};

/** What the caption worker and its portal must do together, whichever end is played by a test. */
export function workerPortalContract(open: () => Promise<ContractPortal>): void {
	let portal: ContractPortal;
	let worker: Transcriber;
	let puppet: ReturnType<typeof puppetProvider>;
	let sound: ReturnType<typeof puppetSound>;

	const start = (secret = portal.secret): Transcriber =>
		startTranscriber({
			portal: portal.url,
			secret,
			name: 'test',
			version: '1',
			capacity: 2,
			providers: new Map([['local', puppet.provider]]),
			log: pino({ level: 'silent' }),
			heartbeatMs: 100,
			answerMs: 500,
			longSilenceMs: 150,
			ffmpeg: async () => ({ ok: true, path: 'ffmpeg' }),
			pull: sound.pull,
			detector: () => ({ speaks: (samples) => samples.some((sample) => sample !== 0) })
		});

	beforeEach(async () => {
		portal = await open();
		puppet = puppetProvider();
		sound = puppetSound();
		worker = start();
	});
	afterEach(async () => {
		await worker.stop();
		await portal.close();
		expect(portal.violations).toEqual([]);
	});

	const texts = async (): Promise<string[]> => (await portal.stored()).map(({ text }) => text);
	const count = async (): Promise<number> => (await portal.stored()).length;
	const phase = (): string | undefined => portal.phases.at(-1)?.phase;
	const running = (): readonly string[] =>
		portal.namesOf(worker.running().map(({ session }) => session));
	const until = (what: string, ask: () => boolean | Promise<boolean>): Promise<unknown> =>
		eventually(what, ask, { withinMs: 10_000, everyMs: 10 });
	/** A session that runs, with somebody speaking. */
	const onAir = async (session = 's1'): Promise<void> => {
		await portal.offer(session);
		await until('sound', () => sound.pulls.length > 0);
		sound.speak();
		await until('running', () => phase() === 'running');
	};

	it('claims what it is offered, opens the provider when somebody speaks, and hands captions in', async () => {
		await portal.offer('s1');
		await until('sound', () => sound.pulls.length === 1);
		expect(sound.pulls[0]?.url).toMatch(/^rtsp:.+\/en[\w-]*\?token=./);
		sound.quiet();
		expect(puppet.opened()).toBe(0);
		sound.speak();
		await until('running', () => phase() === 'running');
		puppet.guess('well');
		await until('a partial', () => portal.partials.length > 0);
		puppet.say('Well, damn it.');
		await until('a final', async () => (await count()) === 1);
		expect(portal.partials[0]).toMatchObject({ revision: 1, text: 'well' });
		const [first] = await portal.stored();
		expect(first).toMatchObject({ seq: 1, text: 'Well, d*** it.' });
		expect(first?.id).toBe(portal.partials[0]?.utterance);
		const { startedAt = 0, endedAt = 0 } = first ?? {};
		// The quiet just before the voice was sure, and the voice.
		expect(endedAt - startedAt).toBe(800);
		expect(portal.phases.map(({ phase: one }) => one)).toEqual([
			'waiting-for-sound',
			'connecting',
			'running'
		]);
	});

	it('tells the provider of the speaker’s pauses, and lets it go in a long silence', async () => {
		await onAir();
		sound.quiet();
		await until('a pause', () => puppet.last().pauses === 1);
		await until('waiting', () => phase() === 'waiting-for-sound');
		await until('the tail', async () => (await count()) === 1);
		expect(await texts()).toEqual(['And the tail.']);
		sound.speak();
		await until('a second stream', () => puppet.opened() === 2);
	});

	it('flushes the tail, hands it in and frees the lease when the channel goes off air', async () => {
		await onAir();
		puppet.guess('half a sen');
		await portal.withdraw('s1');
		await until('released', () => portal.released.includes('s1'));
		expect(await texts()).toEqual(['And the tail.']);
		expect(sound.pulls[0]?.ended).toBe(true);
		expect(worker.running()).toEqual([]);
	});

	it('says why the provider does not run, and keeps the speech for when it does', async () => {
		await onAir();
		puppet.guess('these words were');
		puppet.refuseWith('provider_overloaded');
		puppet.drop('provider_dropped');
		await until('what was guessed', async () => (await count()) === 1);
		await until('retrying', () => phase() === 'retrying');
		expect(portal.phases.at(-1)).toMatchObject({
			what: 'provider',
			fault: { code: 'provider_dropped', detail: 'by the test' },
			attempt: 1
		});
		sound.speak(960);
		await until('a second try', () => puppet.opened() === 2);
		await until('its reason', () => {
			const last = portal.phases.at(-1);
			return last?.phase === 'retrying' && last.attempt === 2;
		});
		puppet.refuseWith(null);
		await until('running', () => phase() === 'running');
		expect(puppet.last().written).toBeGreaterThanOrEqual(30_720);
		puppet.say('And these.');
		await until('both', async () => (await count()) === 2);
		expect(await texts()).toEqual(['these words were', 'And these.']);
	});

	it('pulls the sound again when it breaks, and counts utterances on', async () => {
		await onAir();
		puppet.say('Before.');
		sound.break('sound_stalled');
		await until('retrying', () => phase() === 'retrying');
		await until('sound again', () => sound.pulls.length === 2);
		sound.speak();
		await until('a second stream', () => puppet.opened() === 2);
		puppet.say('After.');
		await until('all', async () => (await count()) === 3);
		expect(await texts()).toEqual(['Before.', 'And the tail.', 'After.']);
		const ids = (await portal.stored()).map(({ id }) => id.replace(/^.*:/, ''));
		expect(ids).toEqual(['1', '2', '3']);
	});

	it('goes on while the portal is away; no final is lost or doubled', async () => {
		await onAir();
		puppet.say('One.');
		await until('one', async () => (await count()) === 1);
		await portal.stop();
		puppet.say('Two.');
		puppet.say('Three.');
		await portal.restart();
		await until('three', async () => (await count()) === 3);
		puppet.say('Four.');
		await until('four', async () => (await count()) === 4);
		expect(await texts()).toEqual(['One.', 'Two.', 'Three.', 'Four.']);
		expect(portal.claims).toBe(1);
		expect(phase()).toBe('running');
		expect(puppet.opened()).toBe(1);
	});

	it('sends a final again whose answer got lost, and keeps the order behind it', async () => {
		await onAir();
		portal.muteFinals(true);
		puppet.say('One.');
		puppet.say('Two.');
		await until('stored without an answer', async () => (await count()) === 1);
		portal.muteFinals(false);
		await until('both', async () => (await count()) === 2);
		expect((await portal.stored()).map(({ text, seq }) => [text, seq])).toEqual([
			['One.', 1],
			['Two.', 2]
		]);
	});

	it('stops quietly when another worker has its channel, and drops what that one has said', async () => {
		await onAir();
		await portal.takeOver('s1');
		await until('it stops', () => worker.running().length === 0);
		expect(portal.released).toEqual([]);
		expect(sound.pulls[0]?.ended).toBe(true);
	});

	it('takes no more than it can carry, and no provider it does not have', async () => {
		for (const channel of ['s1', 's2', 's3']) await portal.offer(channel);
		await portal.offer('s4', 'unknown');
		await until('two', () => running().length === 2);
		const [one = '', another = ''] = running();
		for (const channel of ['s1', 's2', 's3'])
			if (!running().includes(channel)) await portal.withdraw(channel);
		await portal.withdraw(one);
		await until('one', () => running().length === 1);
		await portal.offer('s5');
		await until('two again', () => running().length === 2);
		expect(running()).toEqual([another, 's5']);
		expect(portal.claims).toBe(3);
	});

	it('says the last words of every channel before it goes', async () => {
		await onAir();
		puppet.guess('half');
		await worker.stop();
		expect(await texts()).toEqual(['And the tail.']);
		expect(portal.released).toEqual(['s1']);
	});

	it('with a wrong secret is not let in', async () => {
		await worker.stop();
		const stranger = start('wrong-secret-of-nobody');
		await portal.offer('s1');
		await until('the refusal', () => portal.refused > 0);
		expect(stranger.running()).toEqual([]);
		expect(portal.claims).toBe(0);
		await stranger.stop();
	});
}
