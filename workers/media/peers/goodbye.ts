import { performance } from 'node:perf_hooks';
import { PacingHandler, type Track } from 'node-datachannel';

/**
 * libdatachannel up to 0.24.5 frees a connection's DTLS transport before the close_notify it queued is
 * written (DtlsTransport::enqueueRecv keeps it weakly), so the other side would notice our close by ICE
 * alone: after 7 s in a browser, 30 s elsewhere. The alert does go out while somebody holds the transport.
 * A packet that is being encrypted does, and one far too large for UDP is encrypted for some milliseconds,
 * on a thread of the library, and then thrown away.
 *
 * Costs about 3 ms of the event loop and 10 ms of another core: for ends a person waits for, not for a
 * thousand at once. docs/decisions/020 says when it can go.
 */
const HOLD_BYTES = 16_000_000;
const HOLD_DELAY_MS = 1;

/** Never written but for its header: the kernel backs the rest with one page of zeros. */
let held: Buffer | null = null;

/** To be called right before the connection's `close()`, with its open track. */
function holdTransport(track: Track): void {
	held ??= Buffer.alloc(HOLD_BYTES);
	held[0] = 0x80;
	held[1] = 111;
	// A source of its own, so that it cannot repeat a number of the real one.
	held.writeUInt32BE(0xffff_fffe, 8);
	track.setMediaHandler(new PacingHandler(Number.MAX_SAFE_INTEGER, HOLD_DELAY_MS));
	track.sendMessageBinary(held);
	// The library's threads take what is due in order of time: from now on this comes before the close.
	const due = performance.now() + HOLD_DELAY_MS + 0.1;
	while (performance.now() < due);
}

const MAX_WAITING = 40;
/** One hold must be over before the next begins, or the library's few threads are all taken by holds. */
const SPACING_MS = 20;

type Waiting = { readonly track: Track; readonly close: () => void };

/** Says goodbyes one after the other; when too many wait, the rest are closed without. */
export class Goodbyes {
	readonly #waiting: Waiting[] = [];
	#busy = false;
	#whenDone: (() => void)[] = [];

	/** Calls `close` once, now or within a second. */
	say(track: Track, close: () => void): void {
		if (this.#waiting.length >= MAX_WAITING) close();
		else {
			this.#waiting.push({ track, close });
			if (!this.#busy) this.#next();
		}
	}

	/** When nobody waits any more. */
	async done(): Promise<void> {
		if (this.#busy) await new Promise<void>((resolve) => this.#whenDone.push(resolve));
	}

	#next(): void {
		const first = this.#waiting.shift();
		this.#busy = first !== undefined;
		if (!first) {
			for (const resolve of this.#whenDone.splice(0)) resolve();
			return;
		}
		setTimeout(() => this.#next(), SPACING_MS);
		try {
			holdTransport(first.track);
		} catch {
			// The track closed by itself meanwhile; there is nobody to tell.
		} finally {
			first.close();
		}
	}
}
