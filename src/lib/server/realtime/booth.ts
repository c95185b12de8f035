import { randomUUID } from 'node:crypto';
import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import { z } from 'zod';
import { boothRole, can, type Actor } from '#lib/domain/access/policy.ts';
import type { BoothCommand, BoothPermission } from '#lib/domain/booth/command.ts';
import { view } from '#lib/domain/booth/view.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import { seatId, type BoothId, type SeatId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import {
	boothAddress,
	boothChat,
	boothJoin,
	boothToSeat,
	type BoothClientEvents,
	type BoothJoined,
	type BoothNotice,
	type BoothServerEvents,
	type BoothView
} from '#lib/protocol/booth.ts';
import type { Auth } from '../auth/auth.ts';
import { noticesOf } from '../booths/notices.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { Events, FoundBooth } from '../events/events.ts';
import type { Log } from '../log.ts';
import { authenticate, SocketRefused } from './handshake.ts';
import { answerRequests, cutIfStalled } from './requests.ts';
import type { SeatTokens } from './seat-token.ts';

type Seated = {
	readonly found: FoundBooth;
	readonly seat: SeatId;
	readonly permissions: readonly BoothPermission[];
	/** The newest version this page was told. */
	told: number;
};
type SocketData = { actor: Actor; seated: Seated | null; joining: boolean };
type BoothSocket = Socket<BoothClientEvents, BoothServerEvents, DefaultEventsMap, SocketData>;

export type BoothSockets = {
	/** Booths with sockets here, and the version they were last told. */
	watched(): ReadonlyMap<BoothId, number>;
	/** Another portal changed this booth. */
	reload(booth: BoothId): void;
};

type Parts = {
	auth: Pick<Auth, 'actorFrom'>;
	events: Pick<Events, 'booth'>;
	booths: Booths;
	ingest: Pick<Reconciler, 'ingest' | 'mediaOk' | 'onIngest' | 'onMedia' | 'look'>;
	seatTokens: SeatTokens;
	portalId: string;
	publicBaseUrl: string;
	log: Log;
	now?: () => number;
};

const PERMISSIONS: readonly BoothPermission[] = [
	'booth:view',
	'booth:chat',
	'booth:interpret',
	'booth:coordinate'
];
const anything = z.looseObject({});

/** Namespace `/booth`: the people in a booth, one socket a page. */
export function serveBooth(io: Server, parts: Parts): BoothSockets {
	const { events, booths, ingest, seatTokens, portalId, log, now = Date.now } = parts;
	const nsp: Namespace<BoothClientEvents, BoothServerEvents, DefaultEventsMap, SocketData> =
		io.of('/booth');
	/** Sockets by booth; the state each last saw is in its own data. */
	const seatedIn = new Map<BoothId, Set<BoothSocket>>();

	nsp.use(
		authenticate(parts, async (socket, actor) => {
			(socket as BoothSocket).data = { actor, seated: null, joining: false };
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
		const answer = answerRequests(socket, log);
		answer('booth:join', boothJoin, (input) => join(socket, input));
		answer('booth:leave', anything, () => leave(socket));
		for (const type of [
			'go-live',
			'stop',
			'request',
			'accept',
			'decline',
			'cancel',
			'open',
			'close'
		] as const)
			answer(`booth:${type}`, anything, () => act(socket, { type }));
		answer('booth:offer', boothToSeat, ({ seat }) =>
			act(socket, { type: 'offer', to: seatId(seat) })
		);
		answer('booth:set-active', boothToSeat, ({ seat }) =>
			act(socket, { type: 'set-active', to: seatId(seat) })
		);
		answer('booth:arrived', anything, () => arrived(socket));
		answer('booth:chat', boothChat, ({ body }) => chat(socket, body));
		socket.on('disconnect', (reason) => {
			const { seated, actor } = socket.data;
			log.info(
				{ socket: socket.id, booth: seated?.found.booth.id, person: personOf(actor), reason },
				'booth socket ended'
			);
			if (seated) {
				forget(socket);
				void command(seated.found.booth.id, {
					type: 'disconnect',
					seat: seated.seat,
					portal: portalId
				});
			}
		});
	});

	async function command(booth: BoothId, given: BoothCommand, seated?: Seated) {
		try {
			return await booths.command(
				booth,
				given,
				seated
					? { kind: 'seat', seat: seated.seat, permissions: seated.permissions }
					: { kind: 'portal' }
			);
		} catch (error) {
			log.error({ err: error, booth, command: given.type }, 'booth command failed');
			return refuse('internal_error', 'Something went wrong here. Try again.');
		}
	}

	async function join(
		socket: BoothSocket,
		input: z.infer<typeof boothJoin>
	): Promise<Result<BoothJoined>> {
		const { actor } = socket.data;
		if (actor.kind === 'anonymous') return refuse('forbidden', 'Sign in first.');
		const found = await events.booth({ ...input, room: input.room ?? null });
		if (!found.ok) return found;
		const { booth, scope } = found.value;
		const role = boothRole(actor, scope);
		if (role === null) {
			end(socket, SOCKET_CODES.scope, 'not_allowed');
			return refuse('forbidden', 'This booth is not open to you.');
		}
		if (socket.data.joining) return refuse('busy', 'This page is joining already.');
		const sitting = socket.data.seated;
		if (sitting && sitting.found.booth.id !== booth.id)
			return refuse('elsewhere', 'This page sits in another booth. Leave that one first.');

		socket.data.joining = true;
		try {
			const permissions = PERMISSIONS.filter((permission) => can(actor, permission, scope));
			const claim = input.seatToken === undefined ? null : await seatTokens.read(input.seatToken);
			const own = claim?.booth === booth.id && claim.person === actor.person ? claim.seat : null;
			// A page that joins twice on one socket keeps the seat it has.
			const seat = sitting?.seat ?? own;
			const back = seat && (await returnTo(booth.id, seat, actor.person, permissions));
			const entry = back ? 'returned' : own ? 'replaced' : 'fresh';
			const taken = back ? { seat, permissions } : { seat: seatId(randomUUID()), permissions };
			if (!back) {
				const joined = await command(
					booth.id,
					{ type: 'join', person: actor.person, name: actor.name, role, portal: portalId },
					{ ...taken, found: found.value, told: 0 }
				);
				if (!joined.ok) return joined;
			}
			// The connection may have ended while the seat was taken: nobody would ever report it lost.
			if (!socket.connected) {
				await command(booth.id, { type: 'disconnect', seat: taken.seat, portal: portalId });
				return refuse('busy', 'The connection ended.');
			}
			const seated: Seated = { ...taken, found: found.value, told: 0 };
			socket.data.seated = seated;
			remember(socket, booth.id);
			const stored = await booths.load(booth.id);
			if (!stored) return refuse('not_found', 'This booth is gone.');
			seated.told = Math.max(seated.told, stored.version);
			return ok({
				entry,
				seatToken: await seatTokens.sign({
					seat: taken.seat,
					person: actor.person,
					booth: booth.id
				}),
				state: viewFor(seated, stored.state, stored.version),
				chat: permissions.includes('booth:chat') ? await booths.chat.history(booth.id) : []
			});
		} finally {
			socket.data.joining = false;
		}
	}

	async function returnTo(
		booth: BoothId,
		seat: SeatId,
		person: Parameters<typeof booths.ticketFor>[1],
		permissions: readonly BoothPermission[]
	): Promise<boolean> {
		const back = await booths.command(
			booth,
			{ type: 'return', person, portal: portalId },
			{ kind: 'seat', seat, permissions }
		);
		return back.ok;
	}

	async function act(socket: BoothSocket, given: BoothCommand): Promise<Result<null>> {
		const { seated } = socket.data;
		if (!seated)
			return refuse('not_joined', 'You are not in this booth (any more). Join it first.');
		const done = await command(seated.found.booth.id, given, seated);
		return done.ok ? ok(null) : done;
	}

	async function leave(socket: BoothSocket): Promise<Result<null>> {
		const left = await act(socket, { type: 'leave' });
		if (left.ok) forget(socket);
		return left;
	}

	async function arrived(socket: BoothSocket): Promise<Result<null>> {
		const { seated } = socket.data;
		if (!seated) return refuse('not_joined', 'Join the booth first.');
		await ingest.look(seated.found.booth.id);
		return ok(null);
	}

	async function chat(socket: BoothSocket, body: string): Promise<Result<unknown>> {
		const { seated, actor } = socket.data;
		if (!seated || actor.kind === 'anonymous') return refuse('not_joined', 'Join the booth first.');
		if (!seated.permissions.includes('booth:chat'))
			return refuse('not_allowed', 'You can read here, but not write.');
		return ok(await booths.chat.send(seated.found.booth.id, actor.person, actor.name, body));
	}

	function viewFor(seated: Seated, state: BoothState, version: number): BoothView {
		const { found, seat, permissions } = seated;
		const { phase, participants, acts } = view(state, permissions, seat);
		const { status, listeners } = ingest.ingest(found.booth.id);
		return {
			booth: found.booth.id,
			version,
			serverNow: now(),
			event: { slug: found.event.slug, name: found.event.name },
			room: { slug: found.room.slug, name: found.room.name, main: found.room.main },
			language: found.booth.language,
			phase,
			participants: [...participants],
			ingest_status: status,
			listeners,
			media_ok: ingest.mediaOk(),
			you: { seat, acts: [...acts] }
		};
	}

	/** Each page gets its own view; an older one never comes after a newer one. */
	function show(booth: BoothId, state: BoothState, version: number): void {
		for (const socket of seatedIn.get(booth) ?? []) {
			const { seated } = socket.data;
			if (!seated || version < seated.told || cutIfStalled(socket, log)) continue;
			seated.told = version;
			socket.emit('booth:state', viewFor(seated, state, version));
		}
	}

	function say(booth: BoothId, notices: readonly BoothNotice[]): void {
		for (const socket of seatedIn.get(booth) ?? [])
			for (const notice of notices) socket.emit('booth:notice', notice);
	}

	async function showAgain(booth: BoothId): Promise<void> {
		const stored = await booths.load(booth);
		if (stored) show(booth, stored.state, stored.version);
	}

	const showSoon = (booth: BoothId): void =>
		void showAgain(booth).catch((error: unknown) =>
			log.error({ err: error, booth }, 'booth state not shown')
		);

	function remember(socket: BoothSocket, booth: BoothId): void {
		seatedIn.set(booth, (seatedIn.get(booth) ?? new Set()).add(socket));
	}

	function forget(socket: BoothSocket): void {
		const booth = socket.data.seated?.found.booth.id;
		socket.data.seated = null;
		if (booth === undefined) return;
		seatedIn.get(booth)?.delete(socket);
		if (seatedIn.get(booth)?.size === 0) seatedIn.delete(booth);
	}

	booths.onChange((change) => {
		show(change.boothId, change.after, change.version);
		say(change.boothId, noticesOf(change, now()));
	});
	booths.chat.onMessage((booth, message) => {
		for (const socket of seatedIn.get(booth) ?? [])
			if (socket.data.seated?.permissions.includes('booth:chat') && !cutIfStalled(socket, log))
				socket.emit('booth:chat', message);
	});
	ingest.onIngest((changed) => changed.filter((booth) => seatedIn.has(booth)).forEach(showSoon));
	ingest.onMedia((isBack) => {
		for (const booth of seatedIn.keys()) {
			say(booth, [
				{ code: isBack ? 'media_server_back' : 'media_server_down', name: null, at: now() }
			]);
			showSoon(booth);
		}
	});

	return {
		watched: () =>
			new Map(
				[...seatedIn].map(([booth, sockets]) => [
					booth,
					Math.max(0, ...[...sockets].map(({ data }) => data.seated?.told ?? 0))
				])
			),
		reload: showSoon
	};
}

/** Says why, then ends the connection. */
function end(socket: BoothSocket, code: 4001 | 4003, reason: string): void {
	socket.emit('closed', { code, reason });
	setImmediate(() => socket.disconnect(true));
}

function personOf(actor: Actor): string | null {
	return actor.kind === 'anonymous' ? null : actor.person;
}
