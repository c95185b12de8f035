import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { readCandidates, type RemoteCandidate } from './candidate.ts';

export type OfferCode =
	| 'sdp_invalid' // not a usable session description
	| 'codec_unsupported' // no Opus in it
	| 'media_unsupported'; // more or other media than this server takes

export type SetupRole = 'active' | 'passive' | 'actpass';
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A media section of an offer, as much of it as an answer needs. */
export type OfferedMedia = {
	readonly kind: string;
	readonly protocol: string;
	readonly formats: readonly string[];
	readonly mid: string | null;
	readonly attributes: readonly string[];
};

export type OfferedAudio = {
	readonly index: number;
	readonly mid: string;
	readonly direction: Direction;
	readonly payloadType: number;
	/** Payload type of RED (RFC 2198) around that Opus, when offered. */
	readonly redPayloadType: number | null;
	/** The client prefers RED to plain Opus. */
	readonly prefersRed: boolean;
	/** The client's own parameters of Opus, sent back as they are; empty when it gave none. */
	readonly formatParameters: string;
	/** Id of the audio level extension (RFC 6464), when offered. */
	readonly levelExtensionId: number | null;
	/** Id of the transport-wide sequence number extension, when offered with its feedback. */
	readonly transportExtensionId: number | null;
};

export type Offer = {
	readonly media: readonly OfferedMedia[];
	readonly audio: OfferedAudio;
	readonly bundled: boolean;
	readonly iceUfrag: string;
	readonly icePassword: string;
	readonly fingerprint: string;
	readonly setup: SetupRole;
	readonly candidates: readonly RemoteCandidate[];
	/** Written by libdatachannel (OBS Studio among others), which says so in its origin line. */
	readonly fromLibdatachannel: boolean;
};

const MAX_MEDIA_SECTIONS = 32;
export const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
export const TRANSPORT_SEQUENCE_URI =
	'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

// Every piece that is handed on to the native library or echoed has a pattern of its own.
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`{|}~]{1,64}$/;
const ICE_UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const ICE_PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;
const FINGERPRINT =
	/^(sha-1|sha-224|sha-256|sha-384|sha-512) ((?:[0-9A-Fa-f]{2}:){19,63}[0-9A-Fa-f]{2})$/i;
const FORMAT_PARAMETERS = /^[\x20-\x7e]{0,512}$/;
const PROTOCOLS = new Set(['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF', 'RTP/SAVP']);

/**
 * Reads a WHIP or WHEP offer and decides what of it this server takes: one Opus audio section. Video is
 * answered as rejected. Never throws.
 */
export function parseOffer(text: string): Result<Offer, OfferCode> {
	const sections = split(text);
	if (!sections) return refuse('sdp_invalid', 'invalid SDP');
	const { session, media } = sections;

	const audioIndexes = media.flatMap((section, index) => (section.kind === 'audio' ? [index] : []));
	const [index] = audioIndexes;
	const section = index === undefined ? undefined : media[index];
	if (index === undefined || section === undefined)
		return refuse('media_unsupported', 'the offer has no audio');
	if (audioIndexes.length > 1) return refuse('media_unsupported', 'only one audio track is taken');

	const look = (name: string) => attribute(section.attributes, name) ?? attribute(session, name);
	const iceUfrag = look('ice-ufrag');
	const icePassword = look('ice-pwd');
	const fingerprint = look('fingerprint');
	const setup = look('setup') ?? 'actpass';
	const mid = section.mid ?? String(index);
	if (
		!iceUfrag ||
		!ICE_UFRAG.test(iceUfrag) ||
		!icePassword ||
		!ICE_PASSWORD.test(icePassword) ||
		!fingerprint ||
		!FINGERPRINT.test(fingerprint) ||
		!(setup === 'active' || setup === 'passive' || setup === 'actpass') ||
		!TOKEN.test(mid) ||
		!PROTOCOLS.has(section.protocol)
	)
		return refuse('sdp_invalid', 'invalid SDP');

	const payloadType = findOpus(section);
	if (payloadType === null) return refuse('codec_unsupported', 'the offer has no Opus audio');
	const formatParameters = attributes(section.attributes, 'fmtp')
		.find((value) => value.startsWith(`${payloadType} `))
		?.slice(String(payloadType).length + 1);
	if (formatParameters !== undefined && !FORMAT_PARAMETERS.test(formatParameters))
		return refuse('sdp_invalid', 'invalid SDP');

	const redPayloadType = findRed(section, payloadType);

	return ok({
		media,
		bundled: attributes(session, 'group').some((value) => value.startsWith('BUNDLE')),
		iceUfrag,
		icePassword,
		fingerprint,
		setup,
		fromLibdatachannel: text.includes('\no=rtc '),
		candidates: readCandidates([
			...attributes(section.attributes, 'candidate'),
			...attributes(session, 'candidate')
		]),
		audio: {
			index,
			mid,
			direction: direction(section.attributes) ?? direction(session) ?? 'sendrecv',
			payloadType,
			redPayloadType,
			prefersRed:
				redPayloadType !== null &&
				section.formats.indexOf(String(redPayloadType)) <
					section.formats.indexOf(String(payloadType)),
			formatParameters: formatParameters ?? '',
			levelExtensionId: findExtension(section.attributes, AUDIO_LEVEL_URI),
			transportExtensionId: findTransportExtension(section.attributes, payloadType)
		}
	});
}

/** How many sections of a kind the offer has, for WHIP's 406 (RFC 9725 §4.2). */
export function countMedia(offer: Offer, kind: string): number {
	return offer.media.filter((section) => section.kind === kind).length;
}

type Sections = { readonly session: readonly string[]; readonly media: readonly OfferedMedia[] };

function split(text: string): Sections | null {
	const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
	if (lines[0] !== 'v=0') return null;
	const session: string[] = [];
	const media: (Omit<OfferedMedia, 'mid'> & { attributes: string[] })[] = [];
	for (const line of lines) {
		if (!/^[a-z]=/.test(line)) return null;
		if (line.startsWith('m=')) {
			const section = parseMediaLine(line.slice(2));
			if (!section || media.length >= MAX_MEDIA_SECTIONS) return null;
			media.push({ ...section, attributes: [] });
		} else if (line.startsWith('a=')) (media.at(-1)?.attributes ?? session).push(line.slice(2));
	}
	return {
		session,
		media: media.map((section) => ({
			...section,
			mid: attribute(section.attributes, 'mid') ?? null
		}))
	};
}

function parseMediaLine(value: string): Pick<OfferedMedia, 'kind' | 'protocol' | 'formats'> | null {
	const [kind, port, protocol, ...formats] = value.split(' ');
	if (!kind || !port || !protocol || formats.length === 0) return null;
	if (!/^(audio|video|application|text|message|image)$/.test(kind)) return null;
	if (!/^\d{1,5}(\/\d+)?$/.test(port) || !/^[A-Za-z/]{3,32}$/.test(protocol)) return null;
	return formats.every((format) => TOKEN.test(format)) ? { kind, protocol, formats } : null;
}

function attributes(list: readonly string[], name: string): string[] {
	return list
		.filter((entry) => entry.startsWith(`${name}:`))
		.map((entry) => entry.slice(name.length + 1));
}

function attribute(list: readonly string[], name: string): string | undefined {
	return attributes(list, name)[0];
}

function direction(list: readonly string[]): Direction | null {
	for (const entry of list)
		if (
			entry === 'sendrecv' ||
			entry === 'sendonly' ||
			entry === 'recvonly' ||
			entry === 'inactive'
		)
			return entry;
	return null;
}

/** The payload type of plain Opus; `opus/48000/2` is its only valid form (RFC 7587 §7). */
function findOpus(section: Pick<OfferedMedia, 'formats' | 'attributes'>): number | null {
	return findPayloadTypes(section, 'opus')[0] ?? null;
}

/** The payload type of RED whose blocks are all that Opus: `a=fmtp:63 111/111` (RFC 2198 §5). */
function findRed(
	section: Pick<OfferedMedia, 'formats' | 'attributes'>,
	opus: number
): number | null {
	const found = findPayloadTypes(section, 'red').find((red) =>
		attributes(section.attributes, 'fmtp').some((value) => {
			const [type, blocks = ''] = value.split(' ');
			return type === String(red) && /^\d/.test(blocks) && isAll(blocks, opus);
		})
	);
	return found ?? null;
}

function isAll(blocks: string, opus: number): boolean {
	return blocks.split('/').every((block) => block === String(opus));
}

function findPayloadTypes(
	section: Pick<OfferedMedia, 'formats' | 'attributes'>,
	codec: 'opus' | 'red'
): number[] {
	return attributes(section.attributes, 'rtpmap').flatMap((value) => {
		const [type = '', name = ''] = value.split(' ');
		const payloadType = /^\d{1,3}$/.test(type) ? Number(type) : Number.NaN;
		// 64–95 would be taken for RTCP (RFC 5761 §4).
		const usable = payloadType <= 127 && !(payloadType >= 64 && payloadType <= 95);
		const offered = section.formats.includes(String(payloadType));
		return name.toLowerCase() === `${codec}/48000/2` && usable && offered ? [payloadType] : [];
	});
}

function findExtension(list: readonly string[], uri: string): number | null {
	for (const value of attributes(list, 'extmap')) {
		const match = /^(\d{1,2})(?:\/[a-z]+)? (\S+)/.exec(value);
		const id = Number(match?.[1]);
		if (match?.[2] === uri && id >= 1 && id <= 14) return id;
	}
	return null;
}

function findTransportExtension(list: readonly string[], payloadType: number): number | null {
	const feedback = attributes(list, 'rtcp-fb');
	const offered =
		feedback.includes(`${payloadType} transport-cc`) || feedback.includes('* transport-cc');
	return offered ? findExtension(list, TRANSPORT_SEQUENCE_URI) : null;
}
