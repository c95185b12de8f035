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
 * thousand at once. docs/decisions says how it was found and when it can go.
 */
const HOLD_BYTES = 16_000_000;
const HOLD_DELAY_MS = 1;

/** Never written but for its header: the kernel backs the rest with one page of zeros. */
let held: Buffer | null = null;

/** To be called right before the connection's `close()`, with its open track. */
export function holdForGoodbye(track: Track): void {
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

const BURST = 40;
const REFILL_EVERY_MS = 200;

/** How many goodbyes are affordable now; beyond that connections end without one. */
export class GoodbyeBudget {
	#left = BURST;
	#filledMs = 0;

	take(nowMs: number): boolean {
		const refill = Math.floor((nowMs - this.#filledMs) / REFILL_EVERY_MS);
		if (refill > 0) {
			this.#left = Math.min(BURST, this.#left + refill);
			this.#filledMs = nowMs;
		}
		if (this.#left === 0) return false;
		this.#left -= 1;
		return true;
	}
}
