import { isSilent, sample, watchFrom, type PacketWatch } from './packet-watch.ts';
import { TicketRefused, TicketUnreachable, type TicketSource } from './read-ticket.ts';
import { retryDelayMs } from './retry-delay.ts';
import {
	openWhepSession,
	WhepError,
	type Measured,
	type WhepFailure,
	type WhepSession
} from './whep-session.ts';

export type WhepStatus =
	| { readonly kind: 'connecting' }
	| { readonly kind: 'playing'; readonly since: number }
	/** Connected, but no packets arrive; being mended. */
	| { readonly kind: 'silent-fault'; readonly since: number }
	/** No connection; trying again by itself. `since`: when the sound went away, epoch ms. */
	| { readonly kind: 'reconnecting'; readonly since: number; readonly reason: WhepFailure | 'lost' }
	/** Trying again would not help. */
	| { readonly kind: 'failed'; readonly reason: 'unsupported' | 'access' }
	| { readonly kind: 'closed' };

export type WhepOptions = {
	/** Media path, as in `ChannelState.path`. */
	readonly path: string;
	readonly tickets: TicketSource;
	/**
	 * The sound to play from now on, in place of the former one; give it to an `<audio>` element as `srcObject`.
	 * Called again after a reconnect; the former stream ends right after this call.
	 */
	readonly onStream: (stream: MediaStream) => void;
	readonly onStatus: (status: WhepStatus) => void;
	/** Seconds between the media server and the ear on this phone's side: half the round trip and the jitter buffer. */
	readonly onDelay?: (seconds: number) => void;
	/** Everything counted of the session that plays, every quarter of a second. */
	readonly onMeasured?: (measured: Measured) => void;
};

export type WhepReader = {
	/** Look at the line now and, if it is waiting to try again, try now. */
	nudge(): void;
	/** Ends the session here and at the media server. No callback comes after `closed`. */
	close(): void;
};

const POLL_MS = 250;
const FIRST_PACKET_POLL_MS = 40;
const FIRST_PACKET_TIMEOUT_MS = 4_000;
/** After a nudge (network changed, phone woke) a line without packets for this long is given up. */
const NUDGE_PATIENCE_MS = 700;
/** A line that played this long was good: the next break starts with short waits again. */
const STEADY_MS = 10_000;

/**
 * Reads one channel and keeps reading it: opens a WHEP session, watches its packets, opens another when they
 * stop. The old session is let go only when the new one has its first packet, and kept if it heals meanwhile.
 */
export function openWhep(options: WhepOptions): WhepReader {
	const { path, tickets, onStream, onStatus, onDelay, onMeasured } = options;
	let session: WhepSession | null = null;
	let status: WhepStatus['kind'] | null = null;
	let brokenSince = Date.now();
	let closed = false;
	let nudged = false;
	let wake: () => void = () => undefined;

	function say(next: WhepStatus): void {
		// While it is broken one word is enough, until it plays again or fails for good.
		if (closed && next.kind !== 'closed') return;
		if (status === next.kind && next.kind !== 'reconnecting') return;
		status = next.kind;
		onStatus(next);
	}

	/** Ends early when woken by `nudge` or `close`. */
	function rest(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	async function openWithTicket(): Promise<WhepSession> {
		const open = ({ base, token }: { base: string; token: string }) =>
			openWhepSession(`${base.replace(/\/$/, '')}/${path}/whep`, token);
		try {
			return await open(await tickets.current());
		} catch (error) {
			if (!(error instanceof WhepError) || error.failure !== 'unauthorised') throw error;
			return open(await tickets.renew());
		}
	}

	/** True when a new session has its first packet. Throws like `openWhepSession` and the ticket source. */
	async function connect(): Promise<boolean> {
		const fresh = await openWithTicket();
		// Nothing to keep playing: let the element get ready while the first packet is on its way.
		if (!session && !closed) onStream(fresh.stream);
		const giveUpAt = performance.now() + FIRST_PACKET_TIMEOUT_MS;
		while (!closed && performance.now() < giveUpAt && fresh.state() !== 'dead') {
			if ((await fresh.measure()).packets > 0) {
				const former = session;
				session = fresh;
				if (former && !closed) onStream(fresh.stream);
				former?.close();
				return true;
			}
			await rest(FIRST_PACKET_POLL_MS);
		}
		fresh.close();
		return false;
	}

	/** Resolves when the line no longer carries sound, with how long it did, ms. */
	async function playUntilBroken(line: WhepSession): Promise<number> {
		const startedAt = performance.now();
		let watch: PacketWatch = watchFrom((await line.measure()).packets, startedAt);
		say({ kind: 'playing', since: Date.now() });
		let hurryUntil = Infinity;
		let buffer = { delay: 0, emitted: 0 };
		while (!closed && line.state() !== 'dead') {
			if (nudged) hurryUntil = performance.now() + NUDGE_PATIENCE_MS;
			nudged = false;
			await rest(POLL_MS);
			const now = performance.now();
			const measured = await line.measure();
			watch = sample(watch, measured.packets, now);
			if (!closed) onMeasured?.(measured);
			if (watch.roseAt === now) hurryUntil = Infinity;
			brokenSince = Date.now() - (now - watch.roseAt);
			if (isSilent(watch) || now > hurryUntil) break;
			const emitted = measured.bufferEmitted - buffer.emitted;
			if (emitted > 0 && measured.roundTrip !== null)
				onDelay?.((measured.bufferDelay - buffer.delay) / emitted + measured.roundTrip / 2);
			buffer = { delay: measured.bufferDelay, emitted: measured.bufferEmitted };
		}
		if (line.state() === 'connected') say({ kind: 'silent-fault', since: brokenSince });
		else say({ kind: 'reconnecting', since: brokenSince, reason: 'lost' });
		return performance.now() - startedAt;
	}

	/** Waits; true when the old line carries sound again. */
	async function waitOrHeal(ms: number): Promise<boolean> {
		const until = performance.now() + ms;
		const old = session && session.state() !== 'dead' ? session : null;
		const before = old ? (await old.measure()).packets : 0;
		while (!closed && !nudged && performance.now() < until) {
			await rest(Math.min(POLL_MS, until - performance.now()));
			if (old && old.state() !== 'dead' && (await old.measure()).packets > before) return true;
		}
		nudged = false;
		return false;
	}

	async function run(): Promise<void> {
		say({ kind: 'connecting' });
		for (let failures = 0; !closed;) {
			let flows = false;
			try {
				flows = await connect();
				if (!flows) say({ kind: 'reconnecting', since: brokenSince, reason: 'lost' });
			} catch (error) {
				const reason = failureOf(error);
				if (reason === 'access' || reason === 'unsupported') {
					session?.close();
					say({ kind: 'failed', reason });
					return;
				}
				say({ kind: 'reconnecting', since: brokenSince, reason });
			}
			do {
				if (flows && session && (await playUntilBroken(session)) > STEADY_MS) failures = 0;
				flows = !closed && (await waitOrHeal(retryDelayMs(failures++, Math.random())));
			} while (flows);
		}
	}

	function nudge(): void {
		nudged = true;
		wake();
	}
	const nudgeWhenVisible = () => document.visibilityState === 'visible' && nudge();
	/** The browser may keep the page for later (`pageshow`): the closed session then counts as broken. */
	const leave = () => session?.close();

	const network = (navigator as { connection?: EventTarget }).connection;
	addEventListener('online', nudge);
	addEventListener('pageshow', nudge);
	addEventListener('pagehide', leave);
	document.addEventListener('visibilitychange', nudgeWhenVisible);
	network?.addEventListener('change', nudge);

	// Later, so that the caller has its reader before the first callback.
	queueMicrotask(() => void run());

	return {
		nudge,
		close() {
			if (closed) return;
			closed = true;
			removeEventListener('online', nudge);
			removeEventListener('pageshow', nudge);
			removeEventListener('pagehide', leave);
			document.removeEventListener('visibilitychange', nudgeWhenVisible);
			network?.removeEventListener('change', nudge);
			session?.close();
			wake();
			say({ kind: 'closed' });
		}
	};
}

function failureOf(error: unknown): WhepFailure | 'access' {
	if (error instanceof TicketRefused) return 'access';
	if (error instanceof TicketUnreachable) return 'unreachable';
	if (error instanceof WhepError) return error.failure;
	throw error;
}
