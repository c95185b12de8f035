import type { ChannelState, ListenRoom, ListenSnapshot } from '#lib/protocol/listen.ts';
import type { CaptionFollower, ListenSocket } from './captions-follower.ts';

/** How good the list of channels is: pushed or polled just now, last known, or no longer ours to see. */
export type FeedState = 'fresh' | 'stale' | 'refused';

export type ChannelFeedOptions = {
	readonly event: string;
	readonly onSnapshot: (snapshot: ListenSnapshot) => void;
	readonly onChannels: (changed: ChannelState[]) => void;
	readonly onRooms?: (rooms: ListenRoom[]) => void;
	readonly onState: (state: FeedState) => void;
	/** Reads captions over the same socket. */
	readonly captions?: Pick<CaptionFollower, 'attach' | 'joined'>;
};

export type ChannelFeed = {
	/** Loads the socket and lets it push; until then, and whenever it is down, the list is polled. */
	push(): void;
	/** Ask now: the network is back, or the page is visible again. */
	nudge(): void;
	close(): void;
};

const POLL_MS = 4_000;
const POLL_WHILE_FAILING_MS = 10_000;
const REQUEST_TIMEOUT_MS = 6_000;

/** A hall of phones must not ask in step: each wait is drawn from half to one and a half of it. */
const jittered = (ms: number) => ms * (0.5 + Math.random());

/** What is on air in an event: REST first, the socket once it is wanted, REST again while that is down. */
export function createChannelFeed({
	event,
	onSnapshot,
	onChannels,
	onRooms,
	onState,
	captions
}: ChannelFeedOptions): ChannelFeed {
	const url = `/api/events/${encodeURIComponent(event)}/listen`;
	let socket: ListenSocket | null = null;
	let wantsPush = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let closed = false;

	function pollAfter(ms: number): void {
		clearTimeout(timer);
		if (!closed) timer = setTimeout(() => void poll(), ms);
	}

	async function poll(): Promise<void> {
		if (socket?.connected || closed) return;
		// Nobody looks and nobody is told: a hidden page asks again when it is shown (`nudge`) or by the socket.
		if (document.visibilityState === 'hidden' && !wantsPush) return;
		const state = await ask();
		if (closed || socket?.connected) return;
		onState(state);
		if (state !== 'refused')
			pollAfter(jittered(state === 'fresh' ? POLL_MS : POLL_WHILE_FAILING_MS));
	}

	async function ask(): Promise<FeedState> {
		try {
			const response = await fetch(url, {
				cache: 'no-store',
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
			});
			if (response.status === 401 || response.status === 403 || response.status === 404)
				return 'refused';
			if (!response.ok) return 'stale';
			const snapshot = (await response.json()) as ListenSnapshot;
			if (!closed) onSnapshot(snapshot);
			return 'fresh';
		} catch {
			return 'stale';
		}
	}

	async function connect(): Promise<void> {
		const { io } = await import('socket.io-client');
		if (closed) return;
		// WebSocket alone: where it is blocked, polling REST is lighter for everybody than long polling.
		const opened: ListenSocket = io('/listen', {
			transports: ['websocket'],
			reconnectionDelay: 1_000,
			reconnectionDelayMax: 15_000,
			randomizationFactor: 0.5
		});
		socket = opened;
		captions?.attach(opened);
		opened.on('connect', () =>
			opened.emit('listen:join', { event }, (answer) => {
				if (!answer.ok) return onState('refused');
				clearTimeout(timer);
				onSnapshot(answer.value);
				onState('fresh');
				captions?.joined();
			})
		);
		opened.on('listen:channels', onChannels);
		if (onRooms) opened.on('listen:rooms', onRooms);
		opened.on('connect_error', (error) => {
			// Refused by the portal with a code of ours; Socket.IO does not try again then.
			if ('data' in error && !opened.active) onState('refused');
		});
		opened.on('closed', () => {
			opened.disconnect();
			onState('refused');
		});
		opened.on('disconnect', (reason) => {
			// `io client disconnect` is ours; everything else is polled over until the socket is back.
			if (reason !== 'io client disconnect') pollAfter(jittered(500));
			if (reason === 'io server disconnect') opened.connect();
		});
	}

	pollAfter(jittered(POLL_MS));

	return {
		push() {
			if (wantsPush) return;
			wantsPush = true;
			// The code of the socket may be out of reach just now; polling goes on and the next nudge tries again.
			connect().catch(() => (wantsPush = false));
		},
		nudge() {
			if (!socket?.connected) pollAfter(0);
		},
		close() {
			closed = true;
			clearTimeout(timer);
			socket?.disconnect();
		}
	};
}
