import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { z } from 'zod';
import { can, canSomewhereIn, type Actor } from '#lib/domain/access/policy.ts';
import { seatId, type EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import {
	controlBooth,
	controlJoin,
	controlMessage,
	controlMove,
	controlTakeOff,
	controlToSeat,
	type ControlClientEvents,
	type ControlServerEvents
} from '#lib/protocol/control.ts';
import type { Auth } from '../auth/auth.ts';
import type { DeskActs, DeskPlace } from '../desk/acts.ts';
import type { DeskFeed, Watcher } from '../desk/feed.ts';
import type { Events, FoundEvent } from '../events/events.ts';
import type { Log } from '../log.ts';
import { inParallel } from '../media/in-parallel.ts';
import { dismiss, endingOf } from './ending.ts';
import { authenticate } from './handshake.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { answerRequests } from './requests.ts';
import type { Doorkeeper } from './rights.ts';

type Data = {
	actor: Actor;
	outbox: Outbox;
	seat: { event: FoundEvent; watcher: Watcher } | null;
};
type ControlSocket = Socket<ControlClientEvents, ControlServerEvents, DefaultEventsMap, Data>;

const PUSH_EVERY_MS = 1_000;
const RECHECKED_AT_ONCE = 8;
const NOT_HERE = refuse('not_joined', 'You are not at this desk. Join it first.');
const NOT_YOURS = refuse('forbidden', 'This desk is not open to you.');

/** Namespace `/control`: coordinators' desks and speakers' pages. They watch; nobody here can be put on air. */
export function serveControl(
	io: Server,
	parts: {
		auth: Pick<Auth, 'actorFrom'>;
		events: Pick<Events, 'event' | 'room'>;
		feed: DeskFeed;
		acts: DeskActs;
		publicBaseUrl: string;
		log: Log;
	}
): Doorkeeper & { stop(): void } {
	const { auth, events, feed, acts, log } = parts;
	const control: Namespace<ControlClientEvents, ControlServerEvents, DefaultEventsMap, Data> =
		io.of('/control');

	control.use(
		authenticate(parts, (socket, actor) => {
			(socket as ControlSocket).data.actor = actor;
			return Promise.resolve(null);
		})
	);

	control.on('connection', (socket) => {
		socket.data = { actor: socket.data.actor, outbox: createOutbox(socket, log), seat: null };
		const answer = answerRequests(socket, log);
		const asDesk = <T>(act: (place: DeskPlace, input: T) => Promise<Result<null>>) => {
			return (input: T): Promise<Result<null>> => {
				const { actor, seat } = socket.data;
				if (actor.kind === 'anonymous' || seat?.watcher.kind !== 'desk')
					return Promise.resolve(NOT_HERE);
				const { address } = socket.handshake;
				return act({ actor, event: seat.event.id, address }, input);
			};
		};

		answer('control:join', controlJoin, (input) => join(socket, input));
		answer(
			'control:open',
			controlBooth,
			asDesk((place, { booth }) =>
				acts.command(place, booth, { type: 'open' }, { action: 'booth.opened' })
			)
		);
		answer(
			'control:close',
			controlBooth,
			asDesk((place, { booth }) =>
				acts.command(place, booth, { type: 'close' }, { action: 'booth.closed' })
			)
		);
		answer(
			'control:set-active',
			controlToSeat,
			asDesk((place, { booth, seat }) =>
				acts.command(...([place, booth, { type: 'set-active', to: seatId(seat) }] as const), {
					action: 'booth.active_forced',
					details: { seat }
				})
			)
		);
		answer(
			'control:take-off',
			controlTakeOff,
			asDesk((place, { booth, reason }) =>
				acts.command(...([place, booth, { type: 'take-off', reason }] as const), {
					action: 'booth.taken_off',
					details: { reason }
				})
			)
		);
		answer(
			'control:message',
			controlMessage,
			asDesk((place, { booth, body }) => acts.message(place, booth, body))
		);
		answer(
			'control:move',
			controlMove,
			asDesk((place, { id, state }) => acts.move(place, id, state))
		);
		socket.on('disconnect', (said) => {
			socket.data.outbox.close();
			log.info({ socket: socket.id, ...endingOf(socket, said) }, 'desk socket ended');
		});
	});

	async function join(
		socket: ControlSocket,
		input: z.infer<typeof controlJoin>
	): Promise<Result<unknown>> {
		const { actor } = socket.data;
		const found = await events.room(input.event, input.as === 'desk' ? null : (input.room ?? null));
		// An event may have no main room yet; its desk is empty then.
		const event = found.ok ? ok(found.value.event) : await events.event(input.event);
		if (!event.ok) return event;
		const watcher = watcherOf(actor, event.value.id, input, found.ok ? found.value : null);
		if (watcher === null) {
			dismiss(
				socket,
				actor.kind === 'anonymous' ? SOCKET_CODES.credentials : SOCKET_CODES.scope,
				'not_allowed'
			);
			return NOT_YOURS;
		}
		socket.data.seat = { event: event.value, watcher };
		return ok(await feed.first(event.value, watcher));
	}

	function watcherOf(
		actor: Actor,
		event: EventId,
		{ as }: z.infer<typeof controlJoin>,
		found: Extract<Awaited<ReturnType<Events['room']>>, { ok: true }>['value'] | null
	): Watcher | null {
		if (actor.kind === 'anonymous') return null;
		if (as === 'desk')
			return canSomewhereIn(actor, 'room:coordinate', event)
				? {
						kind: 'desk',
						told: new Map(),
						toldEntries: '',
						mine: () => acts.mine({ actor, event })
					}
				: null;
		return found && can(actor, 'event:view', found.scope)
			? { kind: 'speaker', room: found, told: '' }
			: null;
	}

	async function push(socket: ControlSocket): Promise<void> {
		const { seat, outbox } = socket.data;
		if (!seat) return;
		const { event, watcher } = seat;
		const entries = await feed.entries(event.id);
		// Made when it is sent: a page that was behind gets all that is new then, and nothing twice.
		outbox.show(() => {
			if (watcher.kind === 'desk') {
				const changes = feed.changes(watcher, entries);
				if (changes) socket.emit('control:changes', changes);
			} else {
				const view = feed.speaker(watcher, entries);
				if (view) socket.emit('control:speaker', view);
			}
		});
	}

	async function recheckOne(socket: ControlSocket): Promise<void> {
		const before = socket.data.actor;
		const actor = await auth.actorFrom(socket.handshake.headers.cookie ?? null);
		socket.data.actor = actor;
		const { seat } = socket.data;
		if (!seat) return;
		const { id } = seat.event;
		const stays =
			actor.kind !== 'anonymous' &&
			before.kind !== 'anonymous' &&
			actor.person === before.person &&
			(seat.watcher.kind === 'desk'
				? canSomewhereIn(actor, 'room:coordinate', id)
				: can(actor, 'event:view', seat.watcher.room.scope));
		if (!stays)
			dismiss(
				socket,
				actor.kind === 'anonymous' ? SOCKET_CODES.credentials : SOCKET_CODES.scope,
				'role_changed'
			);
		else if (seat.watcher.kind === 'desk')
			seat.watcher.mine = () => acts.mine({ actor, event: id });
	}

	const timer = setInterval(() => {
		for (const socket of control.sockets.values())
			push(socket).catch((error: unknown) => log.error({ err: error }, 'desk not told'));
	}, PUSH_EVERY_MS);

	return {
		async recheck(concerns) {
			const jobs = [...control.sockets.values()]
				.filter(({ data }) => concerns(data.actor, data.seat?.event.id ?? null))
				.map((socket) => () => recheckOne(socket));
			for (const error of await inParallel(jobs, RECHECKED_AT_ONCE))
				log.error({ err: error }, 'rights at a desk not checked');
		},
		stop: () => clearInterval(timer)
	};
}
