/**
 * Tells a line that is connected but silent from one that flows. Pure: the caller samples the packet counter
 * (`packetsReceived` of the inbound-rtp statistics, W3C webrtc-stats) and the clock.
 *
 * A channel that carries silence still carries packets (the media server paces them), so packets that stop
 * are always a fault of the line.
 */
export type PacketWatch = {
	readonly packets: number;
	/** When the counter last rose, ms of the caller's clock. */
	readonly roseAt: number;
	/** When the last sample was taken. */
	readonly sampledAt: number;
};

/** Without a packet for longer than this the line counts as silent. */
export const SILENT_AFTER_MS = 2_000;

/** Two samples further apart than this mean that the phone slept; nothing can be said about that time. */
const SLEPT_MS = 3_000;

export function watchFrom(packets: number, now: number): PacketWatch {
	return { packets, roseAt: now, sampledAt: now };
}

/** The watch after one more sample. A counter that fell belongs to a new stream and counts as risen. */
export function sample(watch: PacketWatch, packets: number, now: number): PacketWatch {
	const slept = now - watch.sampledAt > SLEPT_MS;
	const rose = packets !== watch.packets;
	return { packets, roseAt: rose || slept ? now : watch.roseAt, sampledAt: now };
}

export function isSilent(watch: PacketWatch): boolean {
	return watch.sampledAt - watch.roseAt > SILENT_AFTER_MS;
}
