// Just enough of Ogg (RFC 3533) and Ogg Opus (RFC 7845) to take Opus frames out of ffmpeg's hands and put
// received ones back into them.

const PAGE_HEADER_BYTES = 27;
const CONTINUED = 0x01;
const FIRST_PAGE = 0x02;
const LAST_PAGE = 0x04;

/** The packets of a file with one logical stream, headers included, in order. */
export function oggPackets(file: Buffer): Buffer[] {
	const packets: Buffer[] = [];
	let pending: Buffer[] = [];
	let at = 0;
	while (at < file.length) {
		if (file.toString('latin1', at, at + 4) !== 'OggS')
			throw new Error(`no Ogg page at byte ${at}`);
		const segments = file.readUInt8(at + 26);
		let body = at + PAGE_HEADER_BYTES + segments;
		for (let i = 0; i < segments; i++) {
			const bytes = file.readUInt8(at + PAGE_HEADER_BYTES + i);
			pending.push(file.subarray(body, body + bytes));
			body += bytes;
			// A lacing value below 255 ends a packet; 255 means it goes on, perhaps on the next page.
			if (bytes < 255) {
				packets.push(Buffer.concat(pending));
				pending = [];
			}
		}
		at = body;
	}
	return packets;
}

/** The Opus frames of an Ogg Opus file, without its two header packets. */
export function opusFramesOfOgg(file: Buffer): Buffer[] {
	const [head, tags, ...frames] = oggPackets(file);
	if (
		head?.toString('latin1', 0, 8) !== 'OpusHead' ||
		tags?.toString('latin1', 0, 8) !== 'OpusTags'
	)
		throw new Error('not an Ogg Opus file');
	return frames;
}

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
