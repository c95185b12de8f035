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
import type { Captions } from '../captions/captions.ts';
import type { Channels } from '../events/channels.ts';
import { mayListen, type Events, type FoundEvent } from '../events/events.ts';
import type { Log } from '../log.ts';
import { inParallel } from '../media/in-parallel.ts';
import { serveCaptionReaders } from './caption-readers.ts';
import { dismiss, endingOf } from './ending.ts';
import { authenticate } from './handshake.ts';
import { cutIfStalled } from './outbox.ts';
import { answerRequests } from './requests.ts';
import type { Doorkeeper } from './rights.ts';

type SocketData = { actor: Actor; event?: FoundEvent };
type ListenSocket = Socket<ListenClientEvents, ListenServerEvents, DefaultEventsMap, SocketData>;

const RECHECKED_AT_ONCE = 8;

/**
 * Namespace `/listen`: tells listeners what is on air the moment it changes. Anybody may connect; who may
 * listen is asked when they name the event.
 */
export function serveListen(
	io: Server,
	parts: {
		auth: Pick<Auth, 'actorFrom'>;
		events: Pick<Events, 'event'>;
		captions: Captions;
		channels: Pick<Channels, 'snapshot' | 'onChange' | 'onRooms'>;
		publicBaseUrl: string;
		log: Log;
	}
): Doorkeeper {
	const { auth, events, channels, log } = parts;
	const listen: Namespace<ListenClientEvents, ListenServerEvents, DefaultEventsMap, SocketData> =
		io.of('/listen');

	listen.use(
		authenticate(parts, (socket, actor) => {
			(socket as ListenSocket).data.actor = actor;
			return Promise.resolve(null);
		})
	);

	const readCaptions = serveCaptionReaders(listen, parts);
	listen.on('connection', (socket) => {
		const answer = answerRequests(socket, log);
		answer('listen:join', listenJoin, ({ event }) => join(socket, event));
		readCaptions(socket, answer);
		socket.on('disconnect', (said) =>
			log.debug({ socket: socket.id, ...endingOf(socket, said) }, 'listener left')
		);
	});

	channels.onChange((event, changed) => {
		const room = roomOf(event);
		for (const id of [...(listen.adapter.rooms.get(room) ?? [])]) {
			const socket = listen.sockets.get(id);
			if (socket) cutIfStalled(socket, log);
		}
		// One message, encoded once, for every socket of the event.
		listen.to(room).emit('listen:channels', changed);
	});

	channels.onRooms((event, rooms) => void listen.to(roomOf(event)).emit('listen:rooms', rooms));

	async function join(socket: ListenSocket, slug: string): Promise<Result<ListenSnapshot>> {
		const found = await events.event(slug);
		if (!found.ok) return found;
		const event = found.value;
		if (!mayListen(socket.data.actor, event)) return turnAway(socket, event);
		for (const room of socket.rooms) if (room !== socket.id) await socket.leave(room);
		// Before the snapshot is taken: a change in between is told twice rather than never.
		await socket.join(roomOf(event.id));
		socket.data.event = event;
		return ok(await channels.snapshot(event));
	}

	function turnAway(socket: ListenSocket, event: FoundEvent): Result<never> {
		const isUnknown = socket.data.actor.kind === 'anonymous';
		const code = isUnknown ? SOCKET_CODES.credentials : SOCKET_CODES.scope;
		const reason = isUnknown ? 'credentials_missing' : 'not_allowed';
		log.info({ namespace: '/listen', event: event.slug, code, reason }, 'socket refused');
		dismiss(socket, code, reason);
		return refuse(reason, 'You may not listen to this event.');
	}

	/** Rights and the event's openness are read anew; who may not listen any more is sent away. */
	async function recheckOne(socket: ListenSocket): Promise<void> {
		socket.data.actor = await auth.actorFrom(socket.handshake.headers.cookie ?? null);
		if (socket.data.event === undefined) return;
		const found = await events.event(socket.data.event.slug);
		if (!found.ok) dismiss(socket, SOCKET_CODES.scope, 'event_gone');
		else if (!mayListen(socket.data.actor, found.value)) turnAway(socket, found.value);
	}

	return {
		async recheck(concerns) {
			const jobs = [...listen.sockets.values()]
				.filter(({ data }) => concerns(data.actor, data.event?.id ?? null))
				.map((socket) => () => recheckOne(socket));
			const errors = await inParallel(jobs, RECHECKED_AT_ONCE);
			for (const error of errors) log.error({ err: error }, 'rights of a listener not checked');
		}
	};
}

function roomOf(event: EventId): string {
	return `event:${event}`;
}
