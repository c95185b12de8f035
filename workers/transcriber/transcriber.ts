import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { StopReason } from '#lib/domain/captions/session.ts';
import type { SessionOffer, SessionOrder } from '#lib/protocol/worker.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { pullSound } from './ffmpeg.ts';
import { Outbox } from './outbox.ts';
import { Partials } from './partials.ts';
import { PortalLink, type HeldSession } from './portal-link.ts';
import type { SpeechProvider } from './providers/provider.ts';
import { CaptionSession, type SessionSurroundings } from './session.ts';
import { runTrial } from './trial.ts';
import { createVoiceDetector } from './vad.ts';

export type TranscriberSettings = {
	readonly portal: string;
	readonly secret: string;
	/** Shown to people: host and process. */
	readonly name: string;
	readonly version: string;
	/** How many channels at once. */
	readonly capacity: number;
	readonly providers: ReadonlyMap<string, SpeechProvider>;
	readonly log: Logger;
	/** Without the portal for so long every session stops: nobody may be reading any more. */
	readonly portalAwayMs?: number;
	readonly heartbeatMs?: number;
	readonly answerMs?: number;
	readonly longSilenceMs?: number;
	/** Parts that a test may stand in for. */
	readonly pull?: SessionSurroundings['pull'];
	readonly detector?: SessionSurroundings['detector'];
	readonly ffmpeg?: SessionSurroundings['ffmpeg'];
	readonly trial?: typeof runTrial;
};

export type Transcriber = {
	/** Sessions that run now. */
	running(): readonly HeldSession[];
	/** Flushes every tail, hands in what is left, and goes. */
	stop(): Promise<void>;
};

const PORTAL_AWAY_MS = 120_000;
const STOP_MS = 8_000;

type Running = { readonly held: HeldSession; readonly session: CaptionSession; stopping: boolean };

/** Connects to the portal and runs the sessions it gets, until `stop`. */
export function startTranscriber(settings: TranscriberSettings): Transcriber {
	const { log, providers } = settings;
	const running = new Map<string, Running>();
	const claiming = new Set<string>();
	let away: NodeJS.Timeout | undefined;
	let going = false;

	const held = (): HeldSession[] => [...running.values()].map((one) => one.held);
	const link = new PortalLink(
		{ ...settings, worker: randomUUID(), providers: [...providers.keys()] },
		{
			held,
			welcomed(lost) {
				clearTimeout(away);
				dropped(lost);
				for (const { held: one, session } of running.values()) {
					const phase = session.phase;
					if (phase !== null) link.phase(one, phase);
				}
				outbox.open();
			},
			away() {
				outbox.close();
				clearTimeout(away);
				away = setTimeout(() => {
					log.warn('without the portal for too long: captions stop');
					for (const session of running.keys()) void end(session, 'lease_lost');
				}, settings.portalAwayMs ?? PORTAL_AWAY_MS);
			},
			lost: dropped,
			offered: (offer) => void take(offer),
			withdrawn: ({ session, reason }) => void end(session, reason),
			trial: (order) => (settings.trial ?? runTrial)(order, providers)
		},
		log
	);
	const outbox = new Outbox((final) => link.final(final), log);

	function dropped(sessions: readonly string[]): void {
		for (const session of sessions) void end(session, 'lease_lost');
	}

	async function take(offer: SessionOffer): Promise<void> {
		const { session, provider } = offer;
		const full = running.size + claiming.size >= settings.capacity;
		if (going || full || running.has(session) || claiming.has(session)) return;
		if (!providers.has(provider)) return;
		claiming.add(session);
		const answer = await link.claim(session);
		claiming.delete(session);
		if (!answer.ok) return log.debug({ ...answer.error, session }, 'offer not taken');
		if (going) return void link.release({ session, epoch: answer.value.epoch }, 'worker_going');
		begin(answer.value);
	}

	function begin(order: SessionOrder): void {
		const provider = providers.get(order.provider);
		const one: HeldSession = { session: order.session, epoch: order.epoch };
		if (provider === undefined || running.has(order.session)) return;
		const partials = new Partials((partial) => link.partial(partial));
		const session = new CaptionSession(
			order,
			{
				provider,
				ffmpeg: settings.ffmpeg ?? findFfmpeg,
				pull: settings.pull ?? pullSound,
				detector: settings.detector ?? createVoiceDetector,
				source: () => link.source(one),
				now: () => link.now(),
				random: Math.random,
				log: log.child({ session: order.session, path: order.path }),
				longSilenceMs: settings.longSilenceMs
			},
			{
				phase: (phase) => link.phase(one, phase),
				caption(event) {
					const utterance = `${order.session}:${event.utterance}`;
					const { text } = event;
					if (event.type === 'partial')
						return partials.add({ ...one, utterance, revision: event.revision, text });
					partials.clear();
					const { startedAt, endedAt } = event;
					outbox.add({ ...one, id: utterance, text, startedAt, endedAt });
				}
			}
		);
		running.set(order.session, { held: one, session, stopping: false });
		session.start();
	}

	async function end(id: string, reason: StopReason): Promise<void> {
		const found = running.get(id);
		if (found === undefined || found.stopping) return;
		found.stopping = true;
		await found.session.stop(reason);
		running.delete(id);
		// The lease is given back after the last words are stored, never before.
		await within(STOP_MS, outbox.emptied(id));
		if (reason !== 'lease_lost') await link.release(found.held, reason);
		log.info({ session: id, reason }, 'captions stopped');
	}

	link.connect();
	return {
		running: held,
		async stop() {
			going = true;
			clearTimeout(away);
			const all = [...running.keys()].map((session) => end(session, 'worker_going'));
			await within(STOP_MS, Promise.all(all));
			link.close();
		}
	};
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
	await Promise.race([work, limit]);
	clearTimeout(timer);
}
