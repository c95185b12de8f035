import { opusDurationSamples } from './opus.ts';
import { readRed } from './red.ts';
import { REORDER_WINDOW } from './line.ts';
import type { RtpPacket } from './packet.ts';
import { SEQUENCE_MODULUS, unwrap } from './unwrap.ts';

/**
 * Turns a publisher's packets, RED (RFC 2198) or plain, into its Opus frames: each once, a lost one from the
 * first copy that arrives. Nothing waits: a copy is passed on at once, and what it stood for is a duplicate
 * when it comes late after all. Pure.
 */
export class Repair {
	readonly #opus: number;
	readonly #red: number | null;
	readonly #seen = new Float64Array(REORDER_WINDOW).fill(-1);
	readonly #fromCopy = new Float64Array(REORDER_WINDOW).fill(-1);
	#ssrc: number | null = null;
	#newest = 0;
	#repaired = 0;

	/** Payload types of plain Opus and, when it was agreed on, of RED. */
	constructor(opus: number, red: number | null) {
		this.#opus = opus;
		this.#red = red;
	}

	/** Frames that were heard from a copy alone. */
	get repaired(): number {
		return this.#repaired;
	}

	takes(payloadType: number): boolean {
		return payloadType === this.#opus || payloadType === this.#red;
	}

	/** The frames that are new in this packet, oldest first, as plain Opus packets. */
	frames(packet: RtpPacket): RtpPacket[] {
		if (!this.takes(packet.payloadType)) return [];
		const plain = packet.payloadType === this.#opus;
		const red = plain ? null : readRed(packet.payload, this.#opus);
		if (!plain && red === null) return [];
		const sequence = this.#follow(packet);
		const found: RtpPacket[] = [];
		for (const { offset, payload } of red?.earlier ?? []) {
			const behind = offset / opusDurationSamples(payload);
			if (!Number.isInteger(behind) || !this.#isNew(sequence - behind, true)) continue;
			found.push({
				...packet,
				payloadType: this.#opus,
				marker: false,
				sequence: (sequence - behind) & 0xffff,
				timestamp: (packet.timestamp - offset) >>> 0,
				payload
			});
		}
		if (this.#isNew(sequence, false))
			found.push(
				red === null ? packet : { ...packet, payloadType: this.#opus, payload: red.primary }
			);
		return found;
	}

	/** The packet's sequence number carried on beyond its wrap. A new source forgets the old one's numbers. */
	#follow({ ssrc, sequence }: RtpPacket): number {
		const own = unwrap(sequence, this.#newest, SEQUENCE_MODULUS);
		if (ssrc !== this.#ssrc || Math.abs(own - this.#newest) > REORDER_WINDOW * 4) {
			this.#ssrc = ssrc;
			this.#seen.fill(-1);
			this.#fromCopy.fill(-1);
			// One modulus up, so that no number before the first is below zero.
			this.#newest = sequence + SEQUENCE_MODULUS;
			return this.#newest;
		}
		if (own > this.#newest) this.#newest = own;
		return own;
	}

	#isNew(sequence: number, copy: boolean): boolean {
		// What is older than the window would be taken for new.
		if (sequence < 0 || sequence <= this.#newest - REORDER_WINDOW) return false;
		const place = sequence % REORDER_WINDOW;
		if (this.#seen[place] === sequence) {
			// It was late, not lost.
			if (!copy && this.#fromCopy[place] === sequence) {
				this.#fromCopy[place] = -1;
				this.#repaired -= 1;
			}
			return false;
		}
		this.#seen[place] = sequence;
		if (copy) {
			this.#fromCopy[place] = sequence;
			this.#repaired += 1;
		}
		return true;
	}
}
