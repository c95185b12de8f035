/**
 * Redundant audio (RFC 2198) around Opus: one packet carries its frame and copies of earlier ones.
 *
 * A block's header is `F(1) PT(7) offset(14) length(10)`, the last one's `0 PT(7)` alone.
 */
const MORE = 0x80;
const BLOCK_HEADER_BYTES = 4;
const MAX_OFFSET_SAMPLES = 0x3fff;
const MAX_BLOCK_BYTES = 0x3ff;
/** More copies than this make no sense; a header that announces more is nonsense. */
const MAX_BLOCKS = 16;

export type EarlierFrame = {
	/** Samples before the packet's own timestamp, 1 … 16383. */
	readonly offset: number;
	/** At most 1023 bytes. */
	readonly payload: Buffer;
};

export type RedPayload = {
	/** Oldest first. */
	readonly earlier: readonly EarlierFrame[];
	readonly primary: Buffer;
};

/**
 * Reads a RED payload; copies of another payload type than `opus` and empty ones are left out. Null when it is
 * malformed or its own frame is not Opus. Never throws. Frames are views into `payload`.
 */
export function readRed(payload: Buffer, opus: number): RedPayload | null {
	const blocks: { type: number; offset: number; length: number }[] = [];
	let at = 0;
	for (;;) {
		const first = payload[at];
		if (first === undefined || blocks.length > MAX_BLOCKS) return null;
		if ((first & MORE) === 0) break;
		if (at + BLOCK_HEADER_BYTES > payload.length) return null;
		const word = payload.readUInt32BE(at);
		blocks.push({
			type: first & 0x7f,
			offset: (word >>> 10) & MAX_OFFSET_SAMPLES,
			length: word & MAX_BLOCK_BYTES
		});
		at += BLOCK_HEADER_BYTES;
	}
	const primaryType = payload[at];
	at += 1;
	const earlier: EarlierFrame[] = [];
	for (const { type, offset, length } of blocks) {
		if (at + length > payload.length) return null;
		if (type === opus && length > 0 && offset > 0)
			earlier.push({ offset, payload: payload.subarray(at, at + length) });
		at += length;
	}
	return primaryType === opus ? { earlier, primary: payload.subarray(at) } : null;
}

/** Writes a RED payload at `at` in a new buffer, whose first `at` bytes are for the RTP header. */
export function writeRed({ earlier, primary }: RedPayload, opus: number, at = 0): Buffer {
	const fitting = earlier.filter(
		({ offset, payload }) =>
			offset > 0 && offset <= MAX_OFFSET_SAMPLES && payload.length <= MAX_BLOCK_BYTES
	);
	const copies = fitting.reduce((sum, { payload }) => sum + payload.length, 0);
	const target = Buffer.allocUnsafe(
		at + fitting.length * BLOCK_HEADER_BYTES + 1 + copies + primary.length
	);
	let next = at;
	for (const { offset, payload } of fitting) {
		target.writeUInt32BE((((MORE | opus) << 24) | (offset << 10) | payload.length) >>> 0, next);
		next += BLOCK_HEADER_BYTES;
	}
	target[next++] = opus;
	for (const { payload } of fitting) next += payload.copy(target, next);
	primary.copy(target, next);
	return target;
}
