/** One RTP packet (RFC 3550, section 5.1), without what this project does not use. */
export type RtpPacket = {
	readonly payloadType: number;
	readonly marker: boolean;
	/** 16 bits. */
	readonly sequenceNumber: number;
	/** 32 bits, in samples at 48 kHz for Opus. */
	readonly timestamp: number;
	readonly ssrc: number;
	readonly payload: Buffer;
};

/** Packet types 192–223 on a multiplexed port are RTCP (RFC 5761, section 4). */
export function isRtcp(bytes: Buffer): boolean {
	const type = bytes[1] ?? 0;
	return type >= 192 && type <= 223;
}

export function writeRtp(packet: RtpPacket): Buffer {
	const header = Buffer.alloc(12);
	header.writeUInt8(0x80, 0);
	header.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
	header.writeUInt16BE(packet.sequenceNumber & 0xffff, 2);
	header.writeUInt32BE(packet.timestamp >>> 0, 4);
	header.writeUInt32BE(packet.ssrc, 8);
	return Buffer.concat([header, packet.payload]);
}

export function readRtp(bytes: Buffer): RtpPacket {
	const first = bytes.readUInt8(0);
	if (first >> 6 !== 2) throw new Error('not RTP version 2');
	let at = 12 + (first & 0x0f) * 4;
	if (first & 0x10) at += 4 + bytes.readUInt16BE(at + 2) * 4;
	const end = first & 0x20 ? bytes.length - bytes.readUInt8(bytes.length - 1) : bytes.length;
	return {
		payloadType: bytes.readUInt8(1) & 0x7f,
		marker: (bytes.readUInt8(1) & 0x80) !== 0,
		sequenceNumber: bytes.readUInt16BE(2),
		timestamp: bytes.readUInt32BE(4),
		ssrc: bytes.readUInt32BE(8),
		// A copy: native libraries reuse the memory behind the buffer they hand over.
		payload: Buffer.from(bytes.subarray(at, end))
	};
}

/** How far `to` lies after `from` on a 16-bit circle, −32768 … 32767. */
export function sequenceDistance(from: number, to: number): number {
	return ((to - from + 0x1_8000) & 0xffff) - 0x8000;
}

/** How far `to` lies after `from` on a 32-bit circle, in timestamp units. */
export function timestampDistance(from: number, to: number): number {
	return (to - from) | 0;
}
