import type { FeedbackInput, FeedbackTaken } from '#lib/protocol/feedback.ts';

/** What a listener tells, sent now or as soon as there is a network, also after a restart of the page. */
export type FeedbackQueue = {
	/** Resolves with the portal's answer, or `kept` when it waits for the network. */
	send(input: FeedbackInput): Promise<FeedbackTaken | 'kept'>;
	/** Tries to send what waits. */
	flush(): Promise<void>;
	waiting(): number;
};

const KEY = 'voxbento.listen.feedback.';
/** More than this nobody reads; the oldest go first. */
const MOST = 50;
const REQUEST_TIMEOUT_MS = 6_000;

export function createFeedbackQueue(event: string): FeedbackQueue {
	const url = `/api/events/${encodeURIComponent(event)}/feedback`;
	const key = KEY + event;
	let flushing: Promise<void> | null = null;

	function read(): FeedbackInput[] {
		try {
			const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
			return Array.isArray(stored) ? (stored as FeedbackInput[]) : [];
		} catch {
			return [];
		}
	}
	function write(waiting: readonly FeedbackInput[]): void {
		try {
			if (waiting.length === 0) localStorage.removeItem(key);
			else localStorage.setItem(key, JSON.stringify(waiting.slice(-MOST)));
		} catch {
			// Storage is off or full: what cannot be kept is lost, and sending it now is still tried.
		}
	}

	/** Null when it may be tried again later. */
	async function post(input: FeedbackInput): Promise<FeedbackTaken | 'refused' | null> {
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(input),
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
			});
			if (response.ok) return (await response.json()) as FeedbackTaken;
			return response.status === 429 || response.status >= 500 ? null : 'refused';
		} catch {
			return null;
		}
	}

	async function flushNow(): Promise<void> {
		for (const input of read()) {
			if ((await post(input)) === null) return;
			// Read anew: more may have come meanwhile.
			write(read().filter(({ id }) => id !== input.id));
		}
	}

	function flush(): Promise<void> {
		flushing ??= flushNow().finally(() => (flushing = null));
		return flushing;
	}

	return {
		flush,
		waiting: () => read().length,
		async send(input) {
			// Kept first: the page may be closed while the request is under way.
			write([...read(), input]);
			const answer = navigator.onLine ? await post(input) : null;
			if (answer === null) return 'kept';
			write(read().filter(({ id }) => id !== input.id));
			return answer === 'refused' ? { verdict: null } : answer;
		}
	};
}

/** A v4 UUID also on plain http, where `crypto.randomUUID` is missing (RFC 9562 §5.4). */
export function newFeedbackId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
