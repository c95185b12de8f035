import { io, type Socket } from 'socket.io-client';
import type { Answer } from '#lib/protocol/answer.ts';
import type {
	BoothClientEvents,
	BoothJoined,
	BoothServerEvents,
	BoothView
} from '#lib/protocol/booth.ts';
import type { Place, Portal } from './portal.ts';

/** A seat in a booth, held over lost connections as a console page holds its own. */
export type BoothSeat = {
	/** Sends a request without input. @returns whether it was granted; false too when nobody answered */
	ask(name: 'booth:go-live' | 'booth:accept' | 'booth:arrived'): Promise<boolean>;
	offer(seat: string): Promise<boolean>;
	/** Leaves and joins again: a new seat, behind everybody else. */
	sitLast(): Promise<void>;
	leave(): Promise<void>;
};

export type BoothSeatListener = {
	onView(view: BoothView): void;
	/** The cookie opens this booth no longer (4001, 4003); the connection is closed. */
	onRefused(): void;
};

const ANSWER_TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;

/** Connects to the `/booth` namespace with a guest's cookie and joins. */
export function takeSeat(
	portal: Portal,
	cookie: string,
	place: Place,
	listener: BoothSeatListener
): BoothSeat {
	const socket: Socket<BoothServerEvents, BoothClientEvents> = io(`${portal.url}/booth`, {
		auth: { ...place },
		extraHeaders: { cookie },
		transports: ['websocket'],
		forceNew: true,
		reconnectionDelay: 500,
		reconnectionDelayMax: 3_000
	});
	let seatToken: string | undefined;
	let isOver = false;
	let retry: NodeJS.Timeout | undefined;

	/** Silence counts as a refusal: the next view tells how things stand. */
	async function answered<T>(request: Promise<Answer<T>>): Promise<Answer<T> | null> {
		try {
			return await request;
		} catch {
			return null;
		}
	}
	const timed = () => socket.timeout(ANSWER_TIMEOUT_MS);

	async function join(): Promise<void> {
		const token = seatToken === undefined ? {} : { seatToken };
		const answer: Answer<BoothJoined> | null = await answered(
			timed().emitWithAck('booth:join', { ...place, ...token })
		);
		if (isOver || !socket.connected) return;
		if (answer?.ok) {
			({ seatToken } = answer.value);
			listener.onView(answer.value.state);
		} else if (answer?.error.code === 'forbidden' || answer?.error.code === 'not_found') refused();
		else retry = setTimeout(() => void join(), RETRY_MS);
	}

	function refused(): void {
		if (isOver) return;
		end();
		listener.onRefused();
	}

	function end(): void {
		isOver = true;
		clearTimeout(retry);
		socket.disconnect();
	}

	socket.on('connect', () => void join());
	socket.on('booth:state', (view) => listener.onView(view));
	socket.on('closed', refused);
	socket.on('connect_error', (error) => {
		if (hasCode(error)) refused();
	});
	socket.on('disconnect', (reason) => {
		// A portal that goes down in order ends its sockets itself; coming back is then left to us.
		if (reason === 'io server disconnect' && !isOver)
			retry = setTimeout(() => socket.connect(), RETRY_MS);
	});

	return {
		async ask(name) {
			return (await answered(timed().emitWithAck(name, {})))?.ok === true;
		},
		async offer(seat) {
			return (await answered(timed().emitWithAck('booth:offer', { seat })))?.ok === true;
		},
		async sitLast() {
			await answered(timed().emitWithAck('booth:leave', {}));
			seatToken = undefined;
			await join();
		},
		async leave() {
			if (socket.connected) await answered(timed().emitWithAck('booth:leave', {}));
			end();
		}
	};
}

/** The portal's refusals carry a code in `data`; a portal that is down has none. */
function hasCode(error: Error & { data?: unknown }): boolean {
	return typeof error.data === 'object' && error.data !== null && 'code' in error.data;
}
