/** Fixed part of an RTP header (RFC 3550 §5.1). */
export const RTP_HEADER_BYTES = 12;
/** The longest payload that is taken: what fits an Ethernet frame with room for SRTP. */
export const MAX_PAYLOAD_BYTES = 1400;

const VERSION_BITS = 0x80;
const ONE_BYTE_EXTENSIONS = 0xbede;

export type RtpPacket = {
	readonly payloadType: number;
	readonly marker: boolean;
	/** 16 bits. */
	readonly sequence: number;
	/** 32 bits, in samples at 48 kHz. */
	readonly timestamp: number;
	readonly ssrc: number;
	/** A view into the datagram, without CSRCs, header extensions and padding. */
	readonly payload: Buffer;
	/** Loudness of RFC 6464 in −dBov (0 loudest, 127 silence), when the sender says it. */
	readonly level: number | null;
};

/** RTCP and RTP share a port; payload types 64–95 (192–223 with the marker bit) are RTCP (RFC 5761 §4). */
export function isRtcp(datagram: Uint8Array): boolean {
	const type = (datagram[1] ?? 0) & 0x7f;
	return datagram.length >= 8 && type >= 64 && type <= 95;
}

/**
 * Reads one RTP packet; null when it is not one. Never throws, whatever the bytes.
 * `levelExtensionId` is the negotiated id of the audio level extension, or null.
 */
export function parseRtp(datagram: Buffer, levelExtensionId: number | null): RtpPacket | null {
	if (datagram.length < RTP_HEADER_BYTES) return null;
	const first = datagram.readUInt8(0);
	if ((first & 0xc0) !== VERSION_BITS) return null;
	const second = datagram.readUInt8(1);

	let start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
	let level: number | null = null;
	if (first & 0x10) {
		if (start + 4 > datagram.length) return null;
		const profile = datagram.readUInt16BE(start);
		const end = start + 4 + datagram.readUInt16BE(start + 2) * 4;
		if (end > datagram.length) return null;
		if (profile === ONE_BYTE_EXTENSIONS && levelExtensionId !== null)
			level = findLevel(datagram.subarray(start + 4, end), levelExtensionId);
		start = end;
	}

	let end = datagram.length;
	if (first & 0x20) {
		const padding = datagram.readUInt8(end - 1);
		if (padding === 0) return null;
		end -= padding;
	}
	if (end < start || end - start > MAX_PAYLOAD_BYTES) return null;

	return {
		payloadType: second & 0x7f,
		marker: (second & 0x80) !== 0,
		sequence: datagram.readUInt16BE(2),
		timestamp: datagram.readUInt32BE(4),
		ssrc: datagram.readUInt32BE(8),
		payload: datagram.subarray(start, end),
		level
	};
}

/** Walks one-byte header extensions (RFC 8285 §4.2) to the audio level (RFC 6464). */
function findLevel(extensions: Buffer, wantedId: number): number | null {
	let at = 0;
	while (at < extensions.length) {
		const head = extensions.readUInt8(at);
		if (head === 0) {
			at += 1; // padding between elements
			continue;
		}
		const id = head >> 4;
		if (id === 15) return null;
		const value = extensions[at + 1];
		if (id === wantedId) return value === undefined ? null : value & 0x7f;
		at += 2 + (head & 0x0f);
	}
	return null;
}

/**
 * A copy of a packet without extensions, with a transport-wide sequence number: browsers answer one within
 * a quarter of a second.
 */
export function withTransportSequence(packet: Buffer, extensionId: number, value: number): Buffer {
	const copy = Buffer.allocUnsafe(packet.length + 8);
	packet.copy(copy, 0, 0, RTP_HEADER_BYTES);
	copy[0] = VERSION_BITS | 0x10;
	copy.writeUInt16BE(ONE_BYTE_EXTENSIONS, RTP_HEADER_BYTES);
	copy.writeUInt16BE(1, RTP_HEADER_BYTES + 2);
	copy[RTP_HEADER_BYTES + 4] = (extensionId << 4) | 1;
	copy.writeUInt16BE(value & 0xffff, RTP_HEADER_BYTES + 5);
	copy[RTP_HEADER_BYTES + 7] = 0;
	packet.copy(copy, RTP_HEADER_BYTES + 8, RTP_HEADER_BYTES);
	return copy;
}

export type RtpHeader = Pick<
	RtpPacket,
	'payloadType' | 'marker' | 'sequence' | 'timestamp' | 'ssrc'
>;

/** Writes a header without CSRCs and extensions at the start of `target`, and the payload after it. */
export function writeRtp(target: Buffer, header: RtpHeader, payload: Uint8Array): Buffer {
	target[0] = VERSION_BITS;
	target[1] = (header.marker ? 0x80 : 0) | header.payloadType;
	target.writeUInt16BE(header.sequence & 0xffff, 2);
	target.writeUInt32BE(header.timestamp >>> 0, 4);
	target.writeUInt32BE(header.ssrc >>> 0, 8);
	target.set(payload, RTP_HEADER_BYTES);
	return target.subarray(0, RTP_HEADER_BYTES + payload.length);
}
