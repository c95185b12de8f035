import type { DefaultEventsMap, Namespace, Server } from 'socket.io';
import { z } from 'zod';
import { boothRole } from '#lib/domain/access/policy.ts';
import { PORTAL, type SeatCommand } from '#lib/domain/booth/command.ts';
import { PLAIN_ACTS } from '#lib/domain/booth/view.ts';
import { seatId, type BoothId, type SeatId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import {
	boothAddress,
	boothChat,
	boothConsent,
	boothHelp,
	boothJoin,
	boothMatter,
	boothNote,
	boothRelay,
	boothSignal,
	boothToSeat,
	type BoothClientEvents,
	type BoothServerEvents
} from '#lib/protocol/booth.ts';
import type { Auth } from '../auth/auth.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { Captions } from '../captions/captions.ts';
import type { Board } from '../desk/board.ts';
import type { DeskLog } from '../desk/desk-log.ts';
import type { Notes } from '../desk/notes.ts';
import type { Events } from '../events/events.ts';
import type { Log } from '../log.ts';
import { createEntry } from './booth-entry.ts';
import { createBoothNews } from './booth-news.ts';
import { createTogether } from './booth-together.ts';
import { watchRights } from './booth-rights.ts';
import { endingOf } from './ending.ts';
import { authenticate, SocketRefused } from './handshake.ts';
import { createOutbox } from './outbox.ts';
import { concernsOthers } from './relay-options.ts';
import { answerRequests } from './requests.ts';
import type { Doorkeeper } from './rights.ts';
import type { SeatTokens } from './seat-token.ts';
import { Seating, type BoothSocket, type Seated } from './seating.ts';

export type BoothSockets = Doorkeeper & {
	/** Whether a socket of this portal holds the seat. */
	isSeatedHere(seat: SeatId): boolean;
	/**
	 * Sockets that end from now on say no goodbye: the portal goes, and the next one finds their seats and
	 * gives the pages their whole grace.
	 */
	stop(): Promise<void>;
};

type Parts = {
	auth: Pick<Auth, 'actorFrom' | 'actorOf'>;
	events: Pick<Events, 'booth' | 'boothById'>;
	booths: Booths;
	board: Pick<Board, 'turnSince'>;
	captions: Pick<Captions, 'status' | 'onStatus'>;
	deskLog: DeskLog;
	notes: Notes;
	ingest: Pick<Reconciler, 'found' | 'ingest' | 'mediaOk' | 'onIngest' | 'onMedia' | 'look'>;
	seatTokens: SeatTokens;
	portalId: string;
	publicBaseUrl: string;
	log: Log;
	now?: () => number;
	rightsCheckEveryMs?: number;
};

const anything = z.looseObject({});
const NOT_JOINED = refuse('not_joined', 'You are not in this booth (any more). Join it first.');

/** Namespace `/booth`: the people in a booth, one socket a page. */
export function serveBooth(io: Server, parts: Parts): BoothSockets {
	const { auth, events, booths, captions, ingest, portalId, log, now = Date.now } = parts;
	const nsp: Namespace<
		BoothClientEvents,
		BoothServerEvents,
		DefaultEventsMap,
		BoothSocket['data']
	> = io.of('/booth');
	const seating = new Seating();
	const underWay = new Set<Promise<unknown>>();
	let isStopping = false;

	const news = createBoothNews({ ...parts, seating, known: booths.known, comeBack, now });
	const enter = createEntry({ ...parts, seating, viewFor: news.viewFor });
	const together = createTogether({ ...parts, seating, act });
	const rights = watchRights({
		auth,
		events,
		sockets: () => [...nsp.sockets.values()],
		seating,
		show: news.show,
		leave: giveUpSeat,
		log,
		everyMs: parts.rightsCheckEveryMs
	});

	nsp.use(
		authenticate(parts, async (socket, actor) => {
			(socket as BoothSocket).data.actor = actor;
			if (actor.kind === 'anonymous')
				return new SocketRefused(SOCKET_CODES.credentials, 'credentials_missing');
			const place = boothAddress.safeParse(socket.handshake.auth);
			if (!place.success) return null;
			const found = await events.booth({ ...place.data, room: place.data.room ?? null });
			return found.ok && boothRole(actor, found.value.scope) === null
				? new SocketRefused(SOCKET_CODES.scope, 'not_allowed')
				: null;
		})
	);

	nsp.on('connection', (socket) => {
		const { actor } = socket.data;
		socket.data = { actor, outbox: createOutbox(socket, log), entering: Promise.resolve() };
		const answer = answerRequests(socket, log);
		/** What only somebody inside may ask, after the join that may be under way. */
		const inside =
			<T>(handle: (seated: Seated, input: T) => Promise<Result<unknown>>) =>
			async (input: T): Promise<Result<unknown>> => {
				await socket.data.entering;
				const seated = seating.of(socket);
				return seated ? handle(seated, input) : NOT_JOINED;
			};

		answer('booth:join', boothJoin, (input) => {
			const entered = socket.data.entering.then(() => enter(socket, input));
			socket.data.entering = entered.catch(() => undefined);
			return entered;
		});
		for (const type of PLAIN_ACTS)
			answer(
				`booth:${type}`,
				anything,
				inside((seated) => act(seated, { type }))
			);
		for (const type of ['offer', 'set-active'] as const)
			answer(
				`booth:${type}`,
				boothToSeat,
				inside((seated, { seat }) => act(seated, { type, to: seatId(seat) }))
			);
		answer('booth:relay', boothRelay, inside(together.relay));
		answer('booth:consent', boothConsent, inside(together.consent));
		answer('booth:help', boothHelp, inside(together.help));
		answer('booth:signal', boothSignal, inside(together.signal));
		answer('booth:done', boothMatter, inside(together.done));
		answer('booth:note', boothNote, inside(together.note));
		answer('booth:note-remove', boothMatter, inside(together.removeNote));
		answer('booth:together', anything, inside(together.look));
		answer('booth:leave', anything, inside(giveUpSeat));
		answer('booth:arrived', anything, inside(arrived));
		answer(
			'booth:chat',
			boothChat,
			inside((seated, { body }) => write(seated, body))
		);
		socket.on('disconnect', (reason) => gone(socket, reason));
	});

	async function act(seated: Seated, command: SeatCommand): Promise<Result<null>> {
		const { found, seat, permissions } = seated;
		const done = await booths.command(found.booth.id, command, { kind: 'seat', seat, permissions });
		return done.ok ? ok(null) : done;
	}

	/** The socket lets go first: if the booth cannot be told now, the seat counts as lost soon. */
	async function giveUpSeat(seated: Seated): Promise<Result<null>> {
		seating.remove(seated);
		return act(seated, { type: 'leave' });
	}

	async function arrived({ found }: Seated): Promise<Result<null>> {
		await ingest.look(found.booth.id);
		return ok(null);
	}

	async function write(seated: Seated, body: string): Promise<Result<unknown>> {
		const { actor } = seated.socket.data;
		if (actor.kind === 'anonymous' || !seated.permissions.includes('booth:chat'))
			return refuse('not_allowed', 'You can read here, but not write.');
		return ok(await booths.chat.send(seated.found.booth.id, actor.person, actor.name, body));
	}

	/** Booths of the same room with somebody of this portal in them. */
	function neighbours(booth: BoothId): readonly BoothId[] {
		const room = ingest.found().find((each) => each.booth.id === booth)?.room.id;
		return seating
			.booths()
			.filter((one) => one !== booth && seating.in(one)[0]?.found.room.id === room);
	}

	function comeBack({ found, seat, person, permissions }: Seated): void {
		const back = { type: 'return', person, portal: portalId } as const;
		inBackground(booths.command(found.booth.id, back, { kind: 'seat', seat, permissions }));
	}

	function gone(socket: BoothSocket, said: string): void {
		const seated = seating.of(socket);
		const { actor, outbox } = socket.data;
		outbox.close();
		log.info(
			{
				socket: socket.id,
				person: actor.kind === 'anonymous' ? null : actor.person,
				booth: seated?.found.booth.id,
				seat: seated?.seat,
				...endingOf(socket, said)
			},
			'booth socket ended'
		);
		if (!seated || !seating.remove(seated) || isStopping) return;
		const { found, seat } = seated;
		const lost = { type: 'disconnect', seat, portal: portalId } as const;
		inBackground(booths.command(found.booth.id, lost, PORTAL));
	}

	/** What fails here is made good by the next look after the booths. */
	function inBackground(work: Promise<unknown>): void {
		const noted = work
			.catch((error: unknown) => log.error({ err: error }, 'booth not told'))
			.finally(() => underWay.delete(noted));
		underWay.add(noted);
	}

	const unsubscribe = [
		booths.onChange(({ boothId, before, after }) => {
			news.show(boothId);
			if (concernsOthers(before, after)) for (const other of neighbours(boothId)) news.show(other);
		}),
		together.stop,
		booths.onNotices(news.say),
		booths.chat.onMessage(news.pass),
		captions.onStatus((changed) => changed.forEach(news.show)),
		ingest.onIngest((changed) => changed.forEach(news.show)),
		ingest.onMedia((isBack) => {
			const code = isBack ? 'media_server_back' : 'media_server_down';
			for (const booth of seating.booths()) {
				news.say(booth, [{ code, name: null, at: now() }]);
				news.show(booth);
			}
		})
	];

	return {
		recheck: rights.recheck,
		isSeatedHere: (seat) => seating.has(seat),
		async stop() {
			isStopping = true;
			rights.stop();
			for (const stop of unsubscribe) stop();
			await Promise.all(underWay);
		}
	};
}
