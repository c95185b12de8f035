import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { createAccounts, type Accounts } from './accounts/accounts.ts';
import { createAudit, type Audit } from './audit/audit.ts';
import { createAuth, type Auth } from './auth/auth.ts';
import { createGuessing, type Guessing } from './auth/guessing.ts';
import { createSecretBox } from './auth/secret-box.ts';
import { lockDataDir, persistentSecret } from './data-dir.ts';
import {
	openPglite,
	openPostgres,
	type Database,
	type Db,
	type QueryLogger
} from './db/database.ts';
import { consentIn, withConsent } from './desk/consent.ts';
import { createDesk } from './desk/desk.ts';
import { parseEnv, type Env } from './env.ts';
import { createCaptions, type Captions } from './captions/captions.ts';
import { createPresence } from './booths/presence.ts';
import { createReconciler, type Reconciler } from './booths/reconcile.ts';
import { createBooths, type Booths } from './booths/service.ts';
import { createChannels, type Channels } from './events/channels.ts';
import { createEvents, type Events } from './events/events.ts';
import { createOrganise, type Organise } from './events/organise.ts';
import { createCaptionDesk, type CaptionDesk } from './caption-settings/caption-desk.ts';
import {
	createRateLimit,
	FEEDBACK_LIMIT,
	LETTER_LIMIT,
	PUBLISH_TICKET_LIMIT,
	type RateLimit
} from './http/rate-limit.ts';
import { createHealth, type HealthChecks } from './health.ts';
import { drainServer } from './http/drain.ts';
import { createAudience, type Audience } from './listening/audience.ts';
import { createFeedback, type Feedback } from './listening/feedback.ts';
import { createListeningSettings, type ListeningSettings } from './listening/settings.ts';
import { createLog, type Log } from './log.ts';
import type { MediaServer } from './media/media-server.ts';
import { createMail, type Mail } from './mail/mail.ts';
import { createMediaMtx } from './media/mediamtx.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createSigningKeys, type SigningKeys } from './media/signing-keys.ts';
import { createTickets, type Tickets } from './media/tickets.ts';
import { createPeople, type People } from './people/people.ts';
import { encryptionSecrets, portalSecret, workerSecret } from './portal-secrets.ts';
import { createProviderKeys, type ProviderKeys } from './providers/keys.ts';
import { serveBooth } from './realtime/booth.ts';
import { serveControl } from './realtime/control.ts';
import { openSockets } from './realtime/open-sockets.ts';
import { serveListen } from './realtime/listen.ts';
import { createRights, type Rights } from './realtime/rights.ts';
import { serveWorkers } from './realtime/worker.ts';
import { createSeatTokens } from './realtime/seat-token.ts';
import { createRetention } from './retention/retention.ts';
import { createUnattended } from './realtime/unattended.ts';

/** The portal, put together once. Routes reach it as `locals.app`. */
export type App = HealthChecks &
	CaptionDesk & {
		readonly env: Env;
		readonly log: Log;
		readonly db: Db;
		readonly events: Events;
		/** Who did what; every act that changes something of an event or account is recorded. */
		readonly accounts: Accounts;
		readonly audit: Audit;
		readonly auth: Auth;
		/** Limits on wrong guesses, per kind of secret. */
		readonly attempts: Guessing;
		readonly io: SocketServer;
		readonly audience: Audience;
		readonly booths: Booths;
		readonly captions: Captions;
		readonly channels: Channels;
		readonly reconciler: Reconciler;
		/** What listeners tell. */
		readonly feedback: Feedback;
		readonly limits: Readonly<Record<'feedback' | 'letter' | 'publishTicket', RateLimit>>;
		/** What the organiser decides about listening. */
		readonly listening: ListeningSettings;
		/** Off without SMTP_URL. */
		readonly mail: Mail;
		readonly media: MediaServer;
		/** Who belongs to an event, who is invited, and how listeners come in. */
		readonly people: People;
		/** What organisers do with events, rooms, booths and the programme. */
		readonly organise: Organise;
		/** Keys of speech and translation services, for each event its own. */
		readonly providers: ProviderKeys;
		/** To be told when somebody may have lost a right, so that it counts at once. */
		readonly rights: Rights;
		readonly signingKeys: SigningKeys;
		readonly tickets: Tickets;
		/** The portal's own secret; keys for one purpose are derived from it. */
		readonly secret: string;
		/** The key of the local endpoint that commands use, in the data folder. */
		readonly localKey: string;
		readonly metrics: Metrics;
		/** All of the embedded database, taken while it runs; null for Postgres. */
		readonly archive: Database['archive'];
		/** Applies what the database misses of this version, one process at a time. */
		migrate(): Promise<void>;
		/** Stops accepting, tells the sockets, lets requests finish for at most 10 s, closes everything. */
		drain(): Promise<void>;
	};

/**
 * Introduces the parts to each other on `http`, which exists already and listens later.
 *
 * @throws EnvFault | DataDirFault with a sentence for the terminal.
 */
export async function composeApp(
	http: HttpServer,
	source: Record<string, string | undefined>,
	{ logger }: { logger?: QueryLogger } = {}
): Promise<App> {
	const env = parseEnv(source);
	const log = createLog(env.LOG_LEVEL);
	const unlock = lockDataDir(env.DATA_DIR);
	const database = await openDatabase(env, logger);
	await database.migrate();
	const { db } = database;
	const secret = portalSecret(env, log);
	const localKey = persistentSecret(env.DATA_DIR, 'local.key').secret;
	const portalId = randomUUID();
	let draining = false;

	const attempts = createGuessing(db, secret, log);
	const audit = createAudit(db, log);
	const auth = createAuth(db, { secret, adminPassword: env.ADMIN_PASSWORD ?? null });
	const events = createEvents(db);
	const box = createSecretBox(encryptionSecrets(env, secret));
	const providers = createProviderKeys(db, box);
	const signingKeys = createSigningKeys({ db, box, log, announce: () => media.refreshKeys() });
	const tickets = createTickets({ keys: signingKeys, whipBase: env.MEDIAMTX_WHIP_BASE });
	const media = createMediaMtx({ base: env.MEDIAMTX_API_BASE, apiToken: () => tickets.apiToken() });
	const io = new SocketServer(http, {
		serveClient: false,
		maxHttpBufferSize: 64_000,
		pingInterval: 5_000,
		pingTimeout: 5_000,
		perMessageDeflate: false
	});
	const booths = createBooths({ db, listen: database.listen, portalId, log });
	const reconciler = createReconciler({ media, booths, events, log });
	const channels = createChannels({ db, events, booths, ingest: reconciler, log });
	const agrees = consentIn(booths);
	const captions = createCaptions({
		db,
		listen: database.listen,
		portalId,
		sound: (booth) =>
			agrees(booth) &&
			(reconciler.mediaOk() ? reconciler.ingest(booth).status !== 'disconnected' : null),
		keys: providers,
		tickets,
		rtspBase: env.MEDIAMTX_RTSP_BASE,
		limit: env.MAX_TOTAL_WORKERS,
		log
	});
	const captionDesk = createCaptionDesk({ db, captions, keys: providers, log });
	const retention = createRetention({ db, audit, log });
	serveWorkers(io, { work: withConsent(captions.work, agrees), secret: workerSecret(env), log });
	const listen = database.listen;
	const desk = createDesk({
		...{ audit, booths, captions, db, events, ingest: reconciler, listen, log, portalId }
	});
	const sockets = serveBooth(io, {
		...desk,
		auth,
		events,
		booths,
		captions,
		ingest: reconciler,
		seatTokens: createSeatTokens(secret),
		portalId,
		publicBaseUrl: env.PUBLIC_BASE_URL,
		log
	});
	const listeners = serveListen(io, {
		auth,
		events,
		captions,
		channels,
		publicBaseUrl: env.PUBLIC_BASE_URL,
		log
	});
	const control = serveControl(io, {
		...{ ...desk, auth, events, publicBaseUrl: env.PUBLIC_BASE_URL, log }
	});
	const presence = createPresence({
		db,
		booths,
		portalId,
		isSeatedHere: sockets.isSeatedHere,
		log
	});
	const feedback = createFeedback({ db, ingest: reconciler });
	const audience = createAudience({ db, events, ingest: reconciler, feedback, log });
	audience.start();
	await presence.start();
	reconciler.start();
	channels.start();
	await captions.start();
	await desk.start();
	retention.start();
	captionDesk.start();
	const unattended = createUnattended({ auth, booths, events, media, reconciler, log });
	unattended.start();
	const rights = createRights({
		...{ db, listen: database.listen, portalId, log },
		here: [sockets, listeners, control],
		once: [unattended]
	});
	await rights.start();
	const mail = createMail(
		{ smtpUrl: env.SMTP_URL ?? null, from: env.MAIL_FROM ?? 'VoxBento <voxbento@localhost>' },
		log
	);
	const accounts = createAccounts({
		...{ db, auth, box, mail, rights, audit, baseUrl: env.PUBLIC_BASE_URL, log }
	});
	const people = createPeople({ db, audit, rights, log });
	people.start();
	attempts.start();
	const organise = createOrganise({ db, audit, booths, channels, reconciler, rights, log });
	organise.cleanUp.start();
	log.info({ portal: portalId, database: database.kind }, 'portal composed');

	return {
		env,
		log,
		db,
		events,
		accounts,
		audit,
		auth,
		attempts,
		io,
		audience,
		booths,
		captions,
		channels,
		feedback,
		listening: createListeningSettings({ db, audit, channels }),
		reconciler,
		// Read tickets have none: a whole hall behind one address asks for them, and to sign one costs little.
		limits: {
			feedback: createRateLimit(FEEDBACK_LIMIT),
			publishTicket: createRateLimit(PUBLISH_TICKET_LIMIT),
			letter: createRateLimit(LETTER_LIMIT)
		},
		mail,
		media,
		people,
		organise,
		providers,
		rights,
		signingKeys,
		tickets,
		...captionDesk.parts,
		secret,
		localKey,
		...createHealth({
			db,
			media,
			activeWorkers: captions.activeWorkers,
			isDraining: () => draining
		}),
		metrics: createMetrics({ db, media, sockets: () => openSockets(io), log }),
		archive: database.archive,
		migrate: () => database.migrate(),
		async drain() {
			log.info('draining');
			draining = true;
			await sockets.stop();
			control.stop();
			await drainServer(http, io);
			await desk.stop();
			await Promise.all([rights.stop(), unattended.stop(), organise.cleanUp.stop()]);
			const running = [audience, reconciler, captions, channels, presence];
			await Promise.all(running.map((part) => part.stop()));
			const kept = [attempts, people, retention, captionDesk];
			await Promise.all(kept.map((part) => part.stop()));
			await accounts.idle();
			mail.close();
			await database.close();
			unlock();
		}
	};
}

async function openDatabase(env: Env, logger?: QueryLogger): Promise<Database> {
	return env.DATABASE_URL
		? openPostgres(env.DATABASE_URL, undefined, logger)
		: openPglite(env.DATA_DIR, logger);
}
