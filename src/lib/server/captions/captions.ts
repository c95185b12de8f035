import { accountOf } from '#lib/domain/captions/speech-service.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import type { ClaimRefusalCode } from '#lib/domain/captions/lease.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { CaptionFinal, CaptionsCaughtUp } from '#lib/protocol/captions.ts';
import type {
	SessionOrder,
	SessionPhase,
	SoundSource,
	WorkerFinal,
	WorkerPartial
} from '#lib/protocol/worker.ts';
import type { Db, Listen } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Tickets } from '../media/tickets.ts';
import { createBetweenPortals } from './between-portals.ts';
import { captionChannels, settingsMark, spokenTerms } from './channels.ts';
import { createDispatch, type ConnectedWorker, type Keys } from './dispatch.ts';
import { createFeed, type Feed } from './feed.ts';
import {
	captionKey,
	createFinals,
	KEY_MAX_LENGTH,
	UNKNOWN_LANGUAGE,
	type FinalRefusalCode
} from './finals.ts';
import { createLeases, sessionOf, type Held } from './leases.ts';

const ROUND_EVERY_MS = 1_000;

/** What the transcripts add to a channel: captions in other languages, made by a machine. */
export type Translations = {
	/** Finals in that language after `seq`, oldest first; `seq` null: those of the last minutes. */
	since(booth: BoothId, language: string, seq: number | null): Promise<CaptionsCaughtUp>;
};

export type AddedTranslation = Omit<CaptionFinal, 'machine'>;

/** Live captions: who makes them, what was said, how each channel stands. */
export type Captions = Pick<Feed, 'onPartial' | 'onFinal' | 'partial' | 'corrected'> & {
	/** What came after `seq`; with a language, the machine's translations into it. */
	since(booth: BoothId, seq: number, language?: string | null): Promise<CaptionsCaughtUp>;
	/** The last minutes of a channel. */
	latest(booth: BoothId, language?: string | null): Promise<CaptionsCaughtUp>;
	/** Tells listeners a translation, or a corrected one; the caller has stored it. */
	addTranslation(translation: AddedTranslation): void;
	/** Whoever stores translations serves those who were away. */
	serveTranslations(translations: Translations): void;
	status(booth: BoothId): CaptionStatus;
	/** Booths whose status changed. */
	onStatus(listener: (booths: readonly BoothId[]) => void): () => void;
	/** Sessions that run in the installation. */
	activeWorkers(): number;
	/** The least busy worker of this portal that runs the provider, for a trial; null: none does. */
	worker(provider: string): Pick<ConnectedWorker, 'id' | 'trial'> | null;
	/** Somebody changed settings or keys: looks at once, here and at the other portals. Never throws. */
	changed(): Promise<void>;
	/** For the `/worker` namespace. */
	readonly work: CaptionWork;
	start(): Promise<void>;
	stop(): Promise<void>;
};

/** What workers ask; each answers for one process that showed the secret. */
export type CaptionWork = {
	/** A worker said hello: it may be offered something. */
	connected(worker: ConnectedWorker): void;
	disconnected(worker: ConnectedWorker): void;
	/** Prolongs what the worker holds. @returns what it does not hold any more */
	renew(worker: string, held: readonly Held[]): Promise<BoothId[]>;
	claim(
		worker: ConnectedWorker,
		booth: BoothId
	): Promise<Result<SessionOrder, ClaimRefusalCode | 'not_found' | 'key_unreadable'>>;
	source(worker: string, held: Held): Promise<Result<SoundSource, 'lease_lost'>>;
	report(worker: string, held: Held, phase: SessionPhase): Promise<void>;
	release(worker: string, held: Held, reason: string): Promise<void>;
	partial(booth: BoothId, partial: WorkerPartial): void;
	final(booth: BoothId, final: WorkerFinal): Promise<Result<{ seq: number }, FinalRefusalCode>>;
};

export function createCaptions({
	db,
	listen,
	portalId,
	sound,
	keys,
	tickets,
	rtspBase,
	limit,
	log,
	now = Date.now
}: {
	db: Db;
	listen: Listen;
	portalId: string;
	/** Whether sound arrives at the media server; null: it cannot be told just now. */
	sound: (booth: BoothId) => boolean | null;
	keys: Keys;
	tickets: Pick<Tickets, 'readTicket'>;
	rtspBase: string;
	/** `MAX_TOTAL_WORKERS` */
	limit: number;
	log: Log;
	now?: () => number;
}): Captions {
	const portals = createBetweenPortals({ db, listen, portalId, log });
	const finals = createFinals(db, {
		now,
		announce: (booth, seq) => portals.announcement({ kind: 'final', booth, seq })
	});
	const feed = createFeed({ finals, portals, log, now });
	const leases = createLeases(db, { limit, now });
	const dispatch = createDispatch({ sound, keys, limit, log, now });
	let translations: Translations | null = null;
	let timer: NodeJS.Timeout | undefined;
	let looking: Promise<void> | null = null;
	let again = false;
	let stopped = false;

	/** One look at all channels; one that is asked for meanwhile follows it. */
	function look(): Promise<void> {
		if (looking !== null) {
			again = true;
			return looking;
		}
		looking = lookNow().finally(() => {
			looking = null;
			if (!again || stopped) return;
			again = false;
			void look();
		});
		return looking;
	}

	async function lookNow(): Promise<void> {
		try {
			await dispatch.round(await captionChannels(db));
		} catch (error) {
			log.error({ err: error }, 'captions not looked after; trying again');
		}
	}

	function sayChanged(): Promise<void> {
		portals.say({ kind: 'session' });
		return look();
	}

	async function round(): Promise<void> {
		await look();
		for (const part of [feed.catchUp, portals.check])
			try {
				await part();
			} catch (error) {
				log.error({ err: error }, 'captions not looked after; trying again');
			}
		if (!stopped) timer = setTimeout(() => void (running = round()), ROUND_EVERY_MS);
	}
	let running: Promise<void> = Promise.resolve();

	const work: CaptionWork = {
		connected(worker) {
			dispatch.workers.add(worker);
			void look();
		},
		disconnected: (worker) => void dispatch.workers.delete(worker),
		renew: leases.renew,

		async claim(worker, booth) {
			const channel = dispatch.channel(booth);
			const wanted = channel?.enabled === true ? channel : null;
			if (wanted === null || (await dispatch.block(wanted)) !== null)
				return refuse('not_found', 'This channel needs no captions.');
			const account = accountOf(wanted.service, wanted.server);
			const provider = account?.provider ?? null;
			const key = provider === null ? null : await keys.key(wanted.event, provider);
			if (key !== null && !key.ok && key.error.code === 'key_unreadable')
				return refuse('key_unreadable', 'Failed to decrypt the key.');
			const lease = await leases.claim(booth, worker);
			if (!lease.ok) return lease;
			const { epoch } = lease.value;
			worker.held.set(booth, { epoch, mark: settingsMark(wanted) });
			log.info(
				{ booth, path: wanted.path, worker: worker.name, epoch },
				`Starting ${wanted.service} transcription worker for booth ${booth}`
			);
			void sayChanged();
			return ok({
				session: sessionOf(booth),
				epoch,
				channel: booth,
				path: wanted.path,
				language: wanted.language,
				provider: wanted.service,
				model: wanted.model,
				key: key?.ok === true ? key.value : null,
				server: wanted.server === '' ? null : wanted.server,
				hints: await spokenTerms(db, wanted.event),
				hiddenWords: [...wanted.hiddenWords]
			});
		},

		async source(worker, held) {
			const channel = dispatch.channel(held.booth);
			if (channel === null || !(await leases.holds(worker, held)))
				return refuse('lease_lost', 'This channel is not yours any more.');
			const { token, expiresAt } = await tickets.readTicket(channel.eventSlug);
			return ok({ url: `${rtspBase}/${channel.path}?token=${token}`, expiresAt });
		},

		async report(worker, held, phase) {
			if (await leases.report(worker, held, phase)) await sayChanged();
		},

		async release(worker, held, reason) {
			await leases.release(worker, held, reason);
			log.info({ booth: held.booth, reason }, 'captions stopped');
			void sayChanged();
		},

		partial(booth, { epoch, utterance, revision, text }) {
			const channel = dispatch.channel(booth);
			if (channel === null || channel.lease.epoch > epoch) return;
			const key = captionKey(epoch, utterance);
			if (key.length > KEY_MAX_LENGTH) return;
			const language = channel.language ?? UNKNOWN_LANGUAGE;
			feed.takePartial({ channel: booth, utterance: key, revision, language, text });
		},

		async final(booth, final) {
			const stored = await finals.store(booth, final);
			if (!stored.ok) return stored;
			const { seq } = stored.value;
			feed.takeFinal(booth, seq);
			return ok({ seq });
		}
	};

	return {
		onPartial: feed.onPartial,
		onFinal: feed.onFinal,
		partial: feed.partial,
		corrected: feed.corrected,
		status: dispatch.status,
		onStatus: dispatch.onStatus,
		activeWorkers: dispatch.running,
		worker: (provider) =>
			[...dispatch.workers]
				.filter(({ providers }) => providers.includes(provider))
				.sort((a, b) => a.held.size - b.held.size)[0] ?? null,
		work,

		since(booth, seq, language = null) {
			if (language === null) return finals.since(booth, seq);
			return translations?.since(booth, language, seq) ?? Promise.resolve(NOTHING);
		},

		async latest(booth, language = null) {
			if (language === null) return { finals: await finals.latest(booth), more: false };
			return (await translations?.since(booth, language, null)) ?? NOTHING;
		},

		addTranslation: (translation) => feed.translated({ ...translation, machine: true }),
		serveTranslations: (served) => void (translations = served),
		changed: sayChanged,

		async start() {
			await feed.start();
			await portals.start((word) => {
				if (!feed.hear(word) && word.kind === 'session') void look();
			});
			running = round();
			await running;
		},

		async stop() {
			stopped = true;
			clearTimeout(timer);
			await Promise.all([running, looking]);
			await feed.idle();
			await portals.stop();
		}
	};
}

const NOTHING: CaptionsCaughtUp = { finals: [], more: false };
