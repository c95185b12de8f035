// Just enough of Ogg (RFC 3533) and Ogg Opus (RFC 7845) to put received Opus frames back into ffmpeg's hands.

const PAGE_HEADER_BYTES = 27;
const CONTINUED = 0x01;
const FIRST_PAGE = 0x02;
const LAST_PAGE = 0x04;

/** Wraps Opus packets of 20 ms (960 samples at 48 kHz) into an Ogg Opus file that ffmpeg decodes. */
export function oggOfOpusFrames(frames: readonly Buffer[], channels: 1 | 2 = 2): Buffer {
	const head = Buffer.alloc(19);
	head.write('OpusHead', 'latin1');
	head.writeUInt8(1, 8);
	head.writeUInt8(channels, 9);
	head.writeUInt32LE(48_000, 12);
	const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.alloc(8)]);
	const pages = [page(head, 0, 0n, FIRST_PAGE), page(tags, 1, 0n, 0)];
	frames.forEach((frame, i) => {
		const flags = i === frames.length - 1 ? LAST_PAGE : 0;
		pages.push(page(frame, i + 2, BigInt(i + 1) * 960n, flags));
	});
	return Buffer.concat(pages);
}

function page(packet: Buffer, sequence: number, granule: bigint, flags: number): Buffer {
	const lacing = [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
	const header = Buffer.alloc(PAGE_HEADER_BYTES);
	header.write('OggS', 'latin1');
	header.writeUInt8(flags & ~CONTINUED, 5);
	header.writeBigUInt64LE(granule, 6);
	header.writeUInt32LE(1, 14);
	header.writeUInt32LE(sequence, 18);
	header.writeUInt8(lacing.length, 26);
	const whole = Buffer.concat([header, Buffer.from(lacing), packet]);
	whole.writeUInt32LE(crc(whole), 22);
	return whole;
}

/** RFC 3533: CRC-32 with polynomial 0x04c11db7, start 0, neither reflected nor inverted. */
function crc(bytes: Buffer): number {
	let value = 0;
	for (const byte of bytes) {
		value ^= byte << 24;
		for (let bit = 0; bit < 8; bit++)
			value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
	}
	return value >>> 0;
}
