// Reads what an encoder wrote: Ogg (RFC 3533) with one Opus stream in it (RFC 7845). Nothing else is needed
// to send speech that was encoded beforehand.

const PAGE_HEADER_BYTES = 27;
const SEGMENT_COUNT_OFFSET = 26;
/** A lacing value of 255 means that the packet goes on in the next segment, perhaps on the next page. */
const FULL_SEGMENT_BYTES = 255;

/**
 * The packets of an Ogg file with one logical stream, header packets included, in order.
 *
 * @throws when a page does not begin where one must, or the file ends inside one
 */
export function oggPackets(file: Uint8Array): Buffer[] {
	const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
	const packets: Buffer[] = [];
	let pending: Buffer[] = [];
	let page = 0;
	while (page < bytes.length) {
		if (bytes.toString('latin1', page, page + 4) !== 'OggS')
			throw new Error(`no Ogg page at byte ${page}`);
		const segments = bytes.readUInt8(page + SEGMENT_COUNT_OFFSET);
		let at = page + PAGE_HEADER_BYTES + segments;
		for (let i = 0; i < segments; i++) {
			const length = bytes.readUInt8(page + PAGE_HEADER_BYTES + i);
			if (at + length > bytes.length) throw new Error(`the Ogg page at byte ${page} is cut short`);
			pending.push(bytes.subarray(at, at + length));
			at += length;
			if (length < FULL_SEGMENT_BYTES) {
				packets.push(Buffer.concat(pending));
				pending = [];
			}
		}
		page = at;
	}
	return packets;
}

/**
 * The Opus packets of an Ogg Opus file, without its two header packets.
 *
 * @throws when the file is no Ogg Opus file
 */
export function opusFramesOfOgg(file: Uint8Array): Buffer[] {
	const [head, tags, ...frames] = oggPackets(file);
	if (
		head?.toString('latin1', 0, 8) !== 'OpusHead' ||
		tags?.toString('latin1', 0, 8) !== 'OpusTags'
	)
		throw new Error('not an Ogg Opus file');
	return frames;
}

/**
 * How long an Opus packet plays, in milliseconds, from its first byte (RFC 6716, section 3.1, table 2) and
 * its frame count (section 3.2).
 */
export function opusPacketMs(packet: Uint8Array): number {
	const toc = packet[0] ?? 0;
	const config = toc >> 3;
	const frameMs =
		config < 12
			? ([10, 20, 40, 60][config % 4] ?? 20)
			: config < 16
				? ([10, 20][config % 2] ?? 20)
				: ([2.5, 5, 10, 20][config % 4] ?? 20);
	const code = toc & 3;
	const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 1) & 0x3f : 2;
	return frames * frameMs;
}
