import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import {
	captionsFollow,
	captionsSince,
	type CaptionsCaughtUp,
	type CaptionsFollowed
} from '#lib/protocol/captions.ts';
import type { ListenClientEvents, ListenServerEvents } from '#lib/protocol/listen.ts';
import type { Captions } from '../captions/captions.ts';
import type { Channels } from '../events/channels.ts';
import type { FoundEvent } from '../events/events.ts';
import type { Log } from '../log.ts';
import { cutIfStalled, type answerRequests } from './requests.ts';

type ReaderData = { event?: FoundEvent };
type ReaderSocket<D extends ReaderData> = Socket<
	ListenClientEvents,
	ListenServerEvents,
	DefaultEventsMap,
	D
>;

const ORIGINAL = 'original';

/**
 * Captions on `/listen`: each page reads one channel. A caption is encoded once for everybody who reads it;
 * guesses are dropped for a page that is behind, and a page that does not read its finals is ended.
 */
export function serveCaptionReaders<D extends ReaderData>(
	listen: Namespace<ListenClientEvents, ListenServerEvents, DefaultEventsMap, D>,
	{
		captions,
		channels,
		log
	}: { captions: Captions; channels: Pick<Channels, 'snapshot'>; log: Log }
): (socket: ReaderSocket<D>, answer: ReturnType<typeof answerRequests>) => void {
	captions.onPartial((partial) => {
		const room = roomOf(boothId(partial.channel), null);
		if (listen.adapter.rooms.has(room)) listen.to(room).volatile.emit('caption:partial', partial);
	});
	captions.onFinal((final) => {
		const room = roomOf(boothId(final.channel), final.machine ? final.language : null);
		const readers = listen.adapter.rooms.get(room);
		if (readers === undefined) return;
		for (const id of [...readers]) {
			const socket = listen.sockets.get(id);
			if (socket) cutIfStalled(socket, log);
		}
		listen.to(room).emit('caption:final', final);
	});

	/** The channel, if this page may read it: one of the event it has joined, with captions switched on. */
	async function readable(
		socket: ReaderSocket<D>,
		channel: number
	): Promise<Result<BoothId, 'not_joined' | 'not_found'>> {
		const { event } = socket.data;
		if (event === undefined) return refuse('not_joined', 'Say first which event you listen to.');
		const { channels: all } = await channels.snapshot(event);
		const found = all.find(({ booth }) => booth === channel);
		return found?.captions === true
			? ok(boothId(found.booth))
			: refuse('not_found', 'There are no captions of this channel.');
	}

	async function leaveAll(socket: ReaderSocket<D>): Promise<void> {
		for (const room of socket.rooms) if (room.startsWith('captions:')) await socket.leave(room);
	}

	return (socket, answer) => {
		answer(
			'captions:follow',
			captionsFollow,
			async ({ channel, language = null, seq = null }): Promise<Result<CaptionsFollowed>> => {
				await leaveAll(socket);
				if (channel === null) return ok({ finals: [], more: false, partial: null });
				const booth = await readable(socket, channel);
				if (!booth.ok) return booth;
				// Before what was said is read: a caption in between comes twice rather than never.
				await socket.join(roomOf(booth.value, language));
				const caughtUp =
					seq === null
						? await captions.latest(booth.value, language)
						: await captions.since(booth.value, seq, language);
				const partial = language === null ? captions.partial(booth.value) : null;
				return ok({ ...caughtUp, partial });
			}
		);
		answer(
			'captions:since',
			captionsSince,
			async ({ channel, seq, language = null }): Promise<Result<CaptionsCaughtUp>> => {
				const booth = await readable(socket, channel);
				return booth.ok ? ok(await captions.since(booth.value, seq, language)) : booth;
			}
		);
	};
}

function roomOf(booth: BoothId, language: string | null): string {
	return `captions:${booth}:${language ?? ORIGINAL}`;
}
