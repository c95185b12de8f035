/** Counters of the sound that leaves, since the session began; null where the browser does not know yet. */
export type UplinkCounters = {
	readonly packetsSent: number;
	readonly bytesSent: number;
	/** As the media server reports it. */
	readonly packetsLost: number | null;
	readonly roundTripMs: number | null;
	readonly jitterMs: number | null;
	/** Every packet carries a copy of the frame before (RED), from which the media server fills what was lost. */
	readonly hasCopies: boolean;
};

/** How the line was between two looks at it. */
export type UplinkQuality = {
	/** Share of packets lost, 0 … 1. */
	readonly loss: number;
	/**
	 * Share of the sound that no copy could bring back, 0 … 1: with copies that takes two lost in a row, estimated
	 * here as if losses were independent.
	 */
	readonly lostForGood: number;
	readonly roundTripMs: number | null;
	readonly bitsPerSecond: number;
};

/** Above these the listeners begin to notice. */
export const LOSS_BAD = 0.03;
export const ROUND_TRIP_BAD_MS = 400;

export function qualityBetween(
	before: UplinkCounters,
	after: UplinkCounters,
	elapsedMs: number
): UplinkQuality {
	const sent = after.packetsSent - before.packetsSent;
	const lost = (after.packetsLost ?? 0) - (before.packetsLost ?? 0);
	const loss = sent > 0 ? Math.min(1, Math.max(0, lost / sent)) : 0;
	return {
		loss,
		lostForGood: after.hasCopies ? loss * loss : loss,
		roundTripMs: after.roundTripMs,
		bitsPerSecond:
			elapsedMs > 0 ? Math.max(0, ((after.bytesSent - before.bytesSent) * 8000) / elapsedMs) : 0
	};
}

/** Looks at one line again and again; the first look after `forget` has nothing to compare with. */
export class UplinkWatch {
	#before: { readonly counters: UplinkCounters; readonly at: number } | null = null;

	/** @param at `performance.now()` of the look; null until there are two looks */
	look(counters: UplinkCounters, at: number): UplinkQuality | null {
		const before = this.#before;
		this.#before = { counters, at };
		return before && qualityBetween(before.counters, counters, at - before.at);
	}

	/** The line is another one now. */
	forget(): void {
		this.#before = null;
	}
}

export function isBad({ lostForGood, roundTripMs }: UplinkQuality): boolean {
	return lostForGood >= LOSS_BAD || (roundTripMs ?? 0) >= ROUND_TRIP_BAD_MS;
}

/** Reads the counters of a publishing connection (W3C webrtc-stats). */
export async function measureUplink(connection: RTCPeerConnection): Promise<UplinkCounters> {
	const counters = {
		packetsSent: 0,
		bytesSent: 0,
		packetsLost: null as number | null,
		roundTripMs: null as number | null,
		jitterMs: null as number | null,
		hasCopies: false
	};
	const report = await connection.getStats();
	// The lib's type of a report is a bare Map of any.
	for (const entry of report.values() as Iterable<StatsEntry>) {
		if (entry.type === 'outbound-rtp') {
			const codec = report.get(entry.codecId ?? '') as { mimeType?: string } | undefined;
			counters.hasCopies = codec?.mimeType?.toLowerCase() === 'audio/red';
			counters.packetsSent = entry.packetsSent ?? 0;
			counters.bytesSent = entry.bytesSent ?? 0;
		} else if (entry.type === 'remote-inbound-rtp') {
			counters.packetsLost = entry.packetsLost ?? null;
			if (entry.jitter !== undefined) counters.jitterMs = entry.jitter * 1000;
			if (entry.roundTripTime !== undefined) counters.roundTripMs = entry.roundTripTime * 1000;
		} else if (
			entry.type === 'candidate-pair' &&
			entry.nominated &&
			counters.roundTripMs === null
		) {
			if (entry.currentRoundTripTime !== undefined)
				counters.roundTripMs = entry.currentRoundTripTime * 1000;
		}
	}
	return counters;
}

type StatsEntry = RTCStats &
	Pick<Partial<RTCOutboundRtpStreamStats>, 'packetsSent' | 'bytesSent' | 'codecId'> &
	Pick<Partial<RTCReceivedRtpStreamStats>, 'packetsLost' | 'jitter'> &
	Pick<Partial<RTCIceCandidatePairStats>, 'nominated' | 'currentRoundTripTime'> & {
		/** RTCRemoteInboundRtpStreamStats, which the lib does not know. */
		roundTripTime?: number;
	};
