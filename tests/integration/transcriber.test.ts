import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fault, type CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import type { SessionOrder } from '#lib/protocol/worker.ts';
import type { SoundListener } from '../../workers/transcriber/ffmpeg.ts';
import type {
	SpeechListener,
	SpeechProvider
} from '../../workers/transcriber/providers/provider.ts';
import { startTranscriber, type Transcriber } from '../../workers/transcriber/transcriber.ts';
import { startFakePortal, type FakePortal } from '../fakes/portal.ts';
import { eventually } from '../support/eventually.ts';

const RATE_HZ = 16_000;

/** A provider in this process: the test says what it recognises. */
function puppetProvider() {
	const streams: {
		listener: SpeechListener;
		written: number;
		pauses: number;
		finished: boolean;
	}[] = [];
	let opened = 0;
	let fails: CaptionFaultCode | null = null;
	const provider: SpeechProvider = {
		name: 'puppet',
		rateHz: RATE_HZ,
		open(_settings, listener) {
			opened++;
			const stream = { listener, written: 0, pauses: 0, finished: false };
			streams.push(stream);
			const code = fails;
			queueMicrotask(() => (code === null ? listener.ready() : listener.ended(fault(code))));
			return {
				write: (pcm) => void (stream.written += pcm.length),
				pause: () => void stream.pauses++,
				finish() {
					if (stream.finished) return;
					stream.finished = true;
					// The tail of whatever was said.
					queueMicrotask(() => {
						listener.fragment({ type: 'final', text: 'And the tail.' });
						listener.ended(null);
					});
				},
				close: () => listener.ended(null)
			};
		}
	};
	const last = () => {
		const stream = streams.at(-1);
		if (stream === undefined) throw new Error('no stream is open');
		return stream;
	};
	return {
		provider,
		last,
		opened: () => opened,
		refuseWith: (code: CaptionFaultCode | null) => void (fails = code),
		say(text: string) {
			last().listener.fragment({ type: 'final', text });
			last().listener.fragment({ type: 'utterance-end' });
		},
		guess: (text: string) => last().listener.fragment({ type: 'interim', text }),
		drop: (code: CaptionFaultCode) => last().listener.ended(fault(code, 'by the test'))
	};
}

/** Sound in this process, in place of ffmpeg. */
function puppetSound() {
	const pulls: { url: string; listener: SoundListener; ended: boolean }[] = [];
	const last = () => {
		const pull = pulls.at(-1);
		if (pull === undefined) throw new Error('no sound is pulled');
		return pull;
	};
	const feed = (ms: number, value: number): void => {
		const samples = new Int16Array((RATE_HZ * ms) / 1000).fill(value);
		last().listener.audio(Buffer.from(samples.buffer));
	};
	return {
		pulls,
		pull: (settings: { url: string }, listener: SoundListener) => {
			const pull = { url: settings.url, listener, ended: false };
			pulls.push(pull);
			return {
				end() {
					if (pull.ended) return;
					pull.ended = true;
					queueMicrotask(() => listener.ended(null));
				}
			};
		},
		speak: (ms = 400) => feed(ms, 1_000),
		quiet: (ms = 400) => feed(ms, 0),
		break: (code: CaptionFaultCode) => last().listener.ended(fault(code, 'by the test'))
	};
}

const order = (session: string): Omit<SessionOrder, 'epoch'> => ({
	session,
	channel: 7,
	path: 'demo/en',
	language: 'en',
	provider: 'puppet',
	model: '',
	key: 'k',
	server: null,
	hints: [],
	hiddenWords: ['damn']
});

describe('the caption worker', () => {
	let portal: FakePortal;
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
			providers: new Map([['puppet', puppet.provider]]),
			log: pino({ level: 'silent' }),
			heartbeatMs: 100,
			answerMs: 500,
			longSilenceMs: 150,
			ffmpeg: async () => ({ ok: true, path: 'ffmpeg' }),
			pull: sound.pull,
			detector: () => ({ speaks: (samples) => samples.some((sample) => sample !== 0) })
		});

	beforeEach(async () => {
		portal = await startFakePortal();
		puppet = puppetProvider();
		sound = puppetSound();
		worker = start();
	});
	afterEach(async () => {
		await worker.stop();
		await portal.stop();
		expect(portal.violations).toEqual([]);
	});

	const texts = (): string[] => portal.stored.map(({ text }) => text);
	const phase = (): string | undefined => portal.phases.at(-1)?.phase.phase;
	const until = (what: string, ask: () => boolean): Promise<unknown> =>
		eventually(what, ask, { withinMs: 10_000, everyMs: 10 });
	/** A session that runs, with somebody speaking. */
	const onAir = async (session = 's1'): Promise<void> => {
		portal.offer(order(session));
		await until('sound', () => sound.pulls.length > 0);
		sound.speak();
		await until('running', () => phase() === 'running');
	};

	it('claims what it is offered, opens the provider when somebody speaks, and hands captions in', async () => {
		portal.offer(order('s1'));
		await until('sound', () => sound.pulls.length === 1);
		expect(sound.pulls[0]?.url).toContain('demo/en?token=');
		sound.quiet();
		expect(puppet.opened()).toBe(0);
		sound.speak();
		await until('running', () => phase() === 'running');
		puppet.guess('well');
		await until('a partial', () => portal.partials.length > 0);
		puppet.say('Well, damn it.');
		await until('a final', () => portal.stored.length === 1);
		expect(portal.partials[0]).toMatchObject({ utterance: 's1:1', revision: 1, text: 'well' });
		expect(portal.stored[0]).toMatchObject({ id: 's1:1', seq: 1, text: 'Well, d*** it.' });
		const { startedAt = 0, endedAt = 0 } = portal.stored[0] ?? {};
		// The quiet just before the voice was sure, and the voice.
		expect(endedAt - startedAt).toBe(800);
		expect(portal.phases.map(({ phase: { phase: one } }) => one)).toEqual([
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
		expect(texts()).toEqual(['And the tail.']);
		sound.speak();
		await until('a second stream', () => puppet.opened() === 2);
	});

	it('flushes the tail, hands it in and frees the lease when the channel goes off air', async () => {
		await onAir();
		puppet.guess('half a sen');
		portal.withdraw('s1', 'off_air');
		await until('released', () => portal.released.includes('s1'));
		expect(texts()).toEqual(['And the tail.']);
		expect(sound.pulls[0]?.ended).toBe(true);
		expect(worker.running()).toEqual([]);
	});

	it('says why the provider does not run, and keeps the speech for when it does', async () => {
		await onAir();
		puppet.guess('these words were');
		puppet.refuseWith('provider_overloaded');
		puppet.drop('provider_dropped');
		await until('what was guessed', () => portal.stored.length === 1);
		await until('retrying', () => phase() === 'retrying');
		expect(portal.phases.at(-1)?.phase).toMatchObject({
			what: 'provider',
			fault: { code: 'provider_dropped', detail: 'by the test' },
			attempt: 1
		});
		sound.speak(960);
		await until('a second try', () => puppet.opened() === 2);
		await until('its reason', () => {
			const last = portal.phases.at(-1)?.phase;
			return last?.phase === 'retrying' && last.attempt === 2;
		});
		puppet.refuseWith(null);
		await until('running', () => phase() === 'running');
		expect(puppet.last().written).toBeGreaterThanOrEqual(30_720);
		puppet.say('And these.');
		await until('both', () => portal.stored.length === 2);
		expect(texts()).toEqual(['these words were', 'And these.']);
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
		await until('all', () => portal.stored.length === 3);
		expect(texts()).toEqual(['Before.', 'And the tail.', 'After.']);
		expect(portal.stored.map(({ id }) => id)).toEqual(['s1:1', 's1:2', 's1:3']);
	});

	it('goes on while the portal is away; no final is lost or doubled', async () => {
		await onAir();
		puppet.say('One.');
		await until('one', () => portal.stored.length === 1);
		await portal.stop();
		puppet.say('Two.');
		puppet.say('Three.');
		await portal.restart();
		await until('three', () => portal.stored.length === 3);
		puppet.say('Four.');
		await until('four', () => portal.stored.length === 4);
		expect(texts()).toEqual(['One.', 'Two.', 'Three.', 'Four.']);
		expect(portal.claims).toBe(1);
		expect(phase()).toBe('running');
		expect(puppet.opened()).toBe(1);
	});

	it('sends a final again whose answer got lost, and keeps the order behind it', async () => {
		await onAir();
		portal.muteFinals(true);
		puppet.say('One.');
		puppet.say('Two.');
		await until('stored without an answer', () => portal.stored.length === 1);
		portal.muteFinals(false);
		await until('both', () => portal.stored.length === 2);
		expect(portal.stored.map(({ text, seq }) => [text, seq])).toEqual([
			['One.', 1],
			['Two.', 2]
		]);
	});

	it('stops quietly when another worker has its channel, and drops what that one has said', async () => {
		await onAir();
		portal.takeOver('s1');
		await until('it stops', () => worker.running().length === 0);
		expect(portal.released).toEqual([]);
		expect(sound.pulls[0]?.ended).toBe(true);
	});

	it('takes no more than it can carry, and no provider it does not have', async () => {
		for (const session of ['s1', 's2', 's3']) portal.offer(order(session));
		portal.offer({ ...order('s4'), provider: 'unknown' });
		await until('two', () => worker.running().length === 2);
		portal.withdraw('s1', 'switched_off');
		await until('one', () => worker.running().length === 1);
		portal.offer(order('s5'));
		await until('two again', () => worker.running().length === 2);
		expect(worker.running().map(({ session }) => session)).toEqual(['s2', 's5']);
		expect(portal.claims).toBe(3);
	});

	it('says the last words of every channel before it goes', async () => {
		await onAir();
		puppet.guess('half');
		await worker.stop();
		expect(texts()).toEqual(['And the tail.']);
		expect(portal.released).toEqual(['s1']);
	});

	it('with a wrong secret is not let in', async () => {
		await worker.stop();
		const stranger = start('wrong-secret-of-nobody');
		portal.offer(order('s1'));
		await until('the refusal', () => portal.refused > 0);
		expect(stranger.running()).toEqual([]);
		expect(portal.claims).toBe(0);
		await stranger.stop();
	});
});
