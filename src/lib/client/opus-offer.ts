/** How a voice or a room's sound is encoded. Bits per second of Opus, without packet overhead. */
export type OpusProfile = { readonly maxBitrate: number; readonly channels: 1 | 2 };

/** One interpreter's voice at a microphone. */
export const SPEECH: OpusProfile = { maxBitrate: 48_000, channels: 1 };
/** A room's sound, which may be music. */
export const FLOOR_MONO: OpusProfile = { maxBitrate: 96_000, channels: 1 };
export const FLOOR_STEREO: OpusProfile = { maxBitrate: 128_000, channels: 2 };

/**
 * The offer as it is sent: its Opus line says what this sender wants to send (RFC 7587 §6.1). Media servers echo
 * that line in their answer and the browser's encoder obeys the answer, so the local description stays as it is.
 *
 * `minptime=10;useinbandfec=1` must stay, and `stereo=0` must never be said: a server that finds another codec
 * matching exactly would drop Opus. DTX stays off; it spoils the time stamps of a forwarded stream.
 */
export function offerOpus(sdp: string, { maxBitrate, channels }: OpusProfile): string {
	const payloadType = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im.exec(sdp)?.[1];
	if (payloadType === undefined) return sdp;
	const stereo = channels === 2 ? ';stereo=1;sprop-stereo=1' : '';
	const wanted = `a=fmtp:${payloadType} minptime=10;useinbandfec=1;maxaveragebitrate=${maxBitrate}${stereo}`;
	const existing = new RegExp(`^a=fmtp:${payloadType} [^\\r\\n]*`, 'm');
	if (existing.test(sdp)) return sdp.replace(existing, wanted);
	return sdp.replace(new RegExp(`^(a=rtpmap:${payloadType} [^\\r\\n]*)`, 'm'), `$1\r\n${wanted}`);
}
