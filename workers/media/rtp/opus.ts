/** RTP clock of Opus, whatever the sound's own rate (RFC 7587 §4.1). */
export const OPUS_CLOCK_HZ = 48_000;

/** 20 ms in samples of the RTP clock. */
export const FRAME_SAMPLES = 960;
export const FRAME_MS = 20;

/** One 20 ms frame of digital silence (TOC: CELT, full band, 20 ms, mono, one frame). */
export const SILENT_FRAME: Buffer = Buffer.from([0xf8, 0xff, 0xfe]);

/**
 * 2.5 ms of the same (TOC: CELT, full band, 2.5 ms, mono), the shortest frame there is. Between the frames of
 * two encoders it takes a decoder to a state that both fit; docs/decisions/015.
 */
export const SEAM_FRAME: Buffer = Buffer.from([0xe0, 0xff, 0xfe]);
export const SEAM_SAMPLES = 120;

/** 120 ms, the longest an Opus packet may last (RFC 6716 §3.4 R5). */
const MAX_PACKET_SAMPLES = 5760;

const SILK_FRAME_SAMPLES = [480, 960, 1920, 2880] as const;
const HYBRID_FRAME_SAMPLES = [480, 960] as const;
const CELT_FRAME_SAMPLES = [120, 240, 480, 960] as const;

/**
 * Duration of an Opus packet in samples at 48 kHz, read from its TOC byte (RFC 6716 §3.1, §3.2).
 * 0 when the packet is empty or breaks the rules of the format.
 */
export function opusDurationSamples(packet: Uint8Array): number {
	const toc = packet[0];
	if (toc === undefined) return 0;
	const samples = frameSamples(toc >> 3) * frameCount(toc & 0x03, packet);
	return samples > MAX_PACKET_SAMPLES ? 0 : samples;
}

function frameSamples(configuration: number): number {
	if (configuration < 12) return SILK_FRAME_SAMPLES[configuration & 3] ?? 0;
	if (configuration < 16) return HYBRID_FRAME_SAMPLES[configuration & 1] ?? 0;
	return CELT_FRAME_SAMPLES[configuration & 3] ?? 0;
}

function frameCount(code: number, packet: Uint8Array): number {
	if (code === 0) return 1;
	if (code < 3) return 2;
	return (packet[1] ?? 0) & 0x3f;
}
