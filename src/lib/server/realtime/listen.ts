import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import {
	listenJoin,
	type ListenClientEvents,
	type ListenServerEvents,
	type ListenSnapshot
} from '#lib/protocol/listen.ts';
import type { Auth } from '../auth/auth.ts';
import type { Channels } from '../events/channels.ts';
import { mayListen, type Events, type FoundEvent } from '../events/events.ts';
import type { Log } from '../log.ts';

type SocketData = { actor: Actor };
type ListenSocket = Socket<ListenClientEvents, ListenServerEvents, DefaultEventsMap, SocketData>;

/** A page joins once per connection; more is a fault or an attack. */
const JOINS_PER_SOCKET = 20;

type JoinCode =
	'invalid_input' | 'not_found' | 'credentials_missing' | 'not_allowed' | 'too_many_requests';

/**
 * Namespace `/listen`: tells listeners what is on air the moment it changes. Anybody may connect; who may
 * listen is asked when they name the event. Listeners say nothing else, and the few changes of an event are
 * bounded by the ping time-out that ends a dead socket, so that no queue grows.
 */
export function serveListen(
	io: Server,
	{
		auth,
		events,
		channels,
		log
	}: {
		auth: Pick<Auth, 'actorFrom'>;
		events: Pick<Events, 'event'>;
		channels: Pick<Channels, 'snapshot' | 'onChange'>;
		log: Log;
	}
): void {
	const listen: Namespace<ListenClientEvents, ListenServerEvents, DefaultEventsMap, SocketData> =
		io.of('/listen');

	listen.use((socket, next) => {
		auth.actorFrom(socket.handshake.headers.cookie ?? null).then(
			(actor) => {
				socket.data.actor = actor;
				next();
			},
			(error: unknown) => {
				log.error({ err: error }, 'listener not let in');
				next(new Error('unavailable'));
			}
		);
	});

	listen.on('connection', (socket) => {
		let joins = 0;
		socket.on('listen:join', (input, ack) => {
			if (typeof ack !== 'function') return;
			if (++joins > JOINS_PER_SOCKET)
				return ack(refuse('too_many_requests', 'Joined too often on one connection.'));
			join(socket, input).then(ack, (error: unknown) => {
				log.error({ err: error }, 'listen:join failed');
				ack(refuse('internal', 'Something went wrong here.'));
			});
		});
		socket.on('disconnect', (reason) => log.debug({ socket: socket.id, reason }, 'listener left'));
	});

	// One message, encoded once, for every socket of the event.
	channels.onChange((event, changed) => listen.to(roomOf(event)).emit('listen:channels', changed));

	async function join(
		socket: ListenSocket,
		input: unknown
	): Promise<Result<ListenSnapshot, JoinCode>> {
		const parsed = listenJoin.safeParse(input);
		if (!parsed.success) return refuse('invalid_input', 'An event is needed.');
		const found = await events.event(parsed.data.event);
		if (!found.ok) return found;
		const refused = refusal(socket.data.actor, found.value);
		if (refused) {
			socket.emit('closed', { code: refused.code, reason: refused.error });
			// After the answer, which is on its way already.
			setImmediate(() => socket.disconnect(true));
			return refuse(refused.error, 'You may not listen to this event.');
		}
		for (const room of socket.rooms) if (room !== socket.id) await socket.leave(room);
		// Before the snapshot is taken: a change in between is told twice rather than never.
		await socket.join(roomOf(found.value.id));
		return ok(await channels.snapshot(found.value));
	}
}

function refusal(actor: Actor, event: FoundEvent) {
	if (mayListen(actor, event)) return null;
	return actor.kind === 'anonymous'
		? ({ code: SOCKET_CODES.credentials, error: 'credentials_missing' } as const)
		: ({ code: SOCKET_CODES.scope, error: 'not_allowed' } as const);
}

function roomOf(event: EventId): string {
	return `event:${event}`;
}
