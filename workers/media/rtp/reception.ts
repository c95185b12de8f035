import { OPUS_CLOCK_HZ } from './opus.ts';
import { ntpMiddle, type NtpTime, type ReportBlock } from './rtcp.ts';
import { SEQUENCE_MODULUS, unwrap } from './unwrap.ts';

const SAMPLES_PER_MS = OPUS_CLOCK_HZ / 1000;
const MAX_SEQUENCE_STEP = 3000;

/**
 * What a receiver knows of one sender: loss and jitter by RFC 3550 (A.3, A.8), kept for the reports that
 * a publisher's own statistics are made of. Pure: times are milliseconds of a steady clock.
 */
export class Reception {
	#ssrc: number | null = null;
	#first = 0;
	#newest = 0;
	#received = 0;
	#lostBefore = 0;
	#expectedAtReport = 0;
	#receivedAtReport = 0;
	#transit: number | null = null;
	#jitter = 0;
	#lastReport: { readonly ntp: NtpTime; readonly atMs: number } | null = null;

	/** In samples of the RTP clock, as MediaMTX reports it. */
	get jitter(): number {
		return this.#jitter;
	}

	/** Cumulative over restarts of the sender; a late packet takes its loss back. */
	get packetsLost(): number {
		return this.#lostBefore + this.#lostNow();
	}

	packet(ssrc: number, sequence: number, timestamp: number, nowMs: number): void {
		const own = unwrap(sequence, this.#newest, SEQUENCE_MODULUS);
		if (ssrc !== this.#ssrc || Math.abs(own - this.#newest) > MAX_SEQUENCE_STEP) {
			this.#restart(ssrc, sequence);
		} else if (own > this.#newest) this.#newest = own;
		this.#received += 1;

		// Both clocks wrap differently, so the difference is taken in 32 bits.
		const transit = (Math.round(nowMs * SAMPLES_PER_MS) - timestamp) | 0;
		if (this.#transit !== null) {
			const change = Math.abs((transit - this.#transit) | 0);
			this.#jitter += (change - this.#jitter) / 16;
		}
		this.#transit = transit;
	}

	senderReport(ntp: NtpTime, nowMs: number): void {
		this.#lastReport = { ntp, atMs: nowMs };
	}

	/** The block for the next receiver report, or null while nothing was received. */
	report(nowMs: number): ReportBlock | null {
		if (this.#ssrc === null) return null;
		const expected = this.#newest - this.#first + 1;
		const expectedNow = expected - this.#expectedAtReport;
		const lostNow = expectedNow - (this.#received - this.#receivedAtReport);
		this.#expectedAtReport = expected;
		this.#receivedAtReport = this.#received;
		return {
			ssrc: this.#ssrc,
			fractionLost:
				expectedNow > 0 && lostNow > 0
					? Math.min(255, Math.floor((lostNow * 256) / expectedNow))
					: 0,
			packetsLost: expected - this.#received,
			highestSequence: this.#newest,
			jitter: Math.floor(this.#jitter),
			lastSenderReport: this.#lastReport === null ? 0 : ntpMiddle(this.#lastReport.ntp),
			delaySinceLastSenderReport:
				this.#lastReport === null
					? 0
					: Math.round(((nowMs - this.#lastReport.atMs) * 65_536) / 1000)
		};
	}

	#lostNow(): number {
		return this.#ssrc === null ? 0 : Math.max(0, this.#newest - this.#first + 1 - this.#received);
	}

	#restart(ssrc: number, sequence: number): void {
		this.#lostBefore += this.#lostNow();
		this.#ssrc = ssrc;
		this.#first = sequence;
		this.#newest = sequence;
		this.#received = 0;
		this.#expectedAtReport = 0;
		this.#receivedAtReport = 0;
		this.#transit = null;
		this.#jitter = 0;
	}
}
