import type { Socket } from 'socket.io-client';
import type { CaptionFinal, CaptionPartial, CaptionsCaughtUp } from '#lib/protocol/captions.ts';
import type { ListenClientEvents, ListenServerEvents } from '#lib/protocol/listen.ts';

export type ListenSocket = Socket<ListenServerEvents, ListenClientEvents>;

export type CaptionSink = {
	/** Another channel, or none: what is shown is not of it. */
	reset(): void;
	/** New ones, or corrections of what is known; oldest first. */
	finals(finals: readonly CaptionFinal[]): void;
	partial(partial: CaptionPartial): void;
};

export type CaptionFollower = {
	/** Booth id of the channel to read, or null for none; `language` for the machine's translation into it. */
	follow(channel: number | null, language?: string | null): void;
	/** The socket that brings them; call it when there is one. */
	attach(socket: ListenSocket): void;
	/** The portal has let the socket in, for the first time or again. */
	joined(): void;
	close(): void;
};

const POLL_MS = 4_000;
const REQUEST_TIMEOUT_MS = 6_000;

/** Reads one channel's captions without a hole: over the socket, and over REST while that is down. */
export function createCaptionFollower(event: string, sink: CaptionSink): CaptionFollower {
	const url = `/api/events/${encodeURIComponent(event)}/captions`;
	let channel: number | null = null;
	let language: string | null = null;
	let lastSeq: number | null = null;
	let socket: ListenSocket | null = null;
	let isIn = false;
	/** Rises with each channel: answers that are about another one are not taken. */
	let turn = 0;
	let catchingUp = false;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function take({ finals }: Pick<CaptionsCaughtUp, 'finals'>): void {
		if (finals.length === 0) return;
		lastSeq = Math.max(lastSeq ?? 0, finals.at(-1)?.seq ?? 0);
		sink.finals(finals);
	}

	function ask(): void {
		clearTimeout(timer);
		const asked = turn;
		if (isIn && socket !== null) {
			const about = { channel, language, seq: channel === null ? null : lastSeq };
			socket.emit('captions:follow', about, (answer) => {
				if (asked !== turn || !answer.ok) return;
				take(answer.value);
				if (answer.value.partial !== null) sink.partial(answer.value.partial);
				if (answer.value.more) catchUp();
			});
		} else if (channel !== null) void poll(asked);
	}

	/** What is missing between the last one that is known and the newest, page by page. */
	function catchUp(): void {
		if (catchingUp || channel === null || socket === null) return;
		catchingUp = true;
		const asked = turn;
		socket.emit('captions:since', { channel, language, seq: lastSeq ?? 0 }, (answer) => {
			catchingUp = false;
			if (asked !== turn || !answer.ok) return;
			take(answer.value);
			if (answer.value.more) catchUp();
		});
	}

	async function poll(asked: number): Promise<void> {
		try {
			const into = language === null ? '' : `&language=${encodeURIComponent(language)}`;
			const since = (lastSeq === null ? '' : `&seq=${lastSeq}`) + into;
			const response = await fetch(`${url}?channel=${channel}${since}`, {
				cache: 'no-store',
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
			});
			if (response.ok && asked === turn) take((await response.json()) as CaptionsCaughtUp);
		} catch {
			// No network; the next round asks again.
		}
		if (asked !== turn || isIn) return;
		timer = setTimeout(ask, POLL_MS * (0.5 + Math.random()));
	}

	return {
		follow(next, into = null) {
			if (next === channel && into === language) return;
			channel = next;
			language = into;
			lastSeq = null;
			turn++;
			sink.reset();
			ask();
		},
		attach(opened) {
			socket = opened;
			opened.on('disconnect', () => {
				isIn = catchingUp = false;
				ask();
			});
			opened.on('caption:partial', (partial) => {
				if (partial.channel === channel && language === null) sink.partial(partial);
			});
			opened.on('caption:final', (final) => {
				if (final.channel !== channel || final.machine !== (language !== null)) return;
				// Translations come as they are done, some later than the next one, some never.
				if (final.machine)
					return final.language === language ? take({ finals: [final] }) : undefined;
				// One that came before is a correction; one too far ahead means that something is missing.
				if (lastSeq !== null && final.seq > lastSeq + 1) return catchUp();
				take({ finals: [final] });
			});
		},
		joined() {
			isIn = true;
			ask();
		},
		close() {
			turn++;
			channel = null;
			clearTimeout(timer);
		}
	};
}
