import { AUDIO_LEVEL_URI, TRANSPORT_SEQUENCE_URI, type Offer, type OfferedMedia } from './offer.ts';
import type { TransportPlan } from './transport-plan.ts';

/** What the native peer contributes to an answer. */
export type LocalTransport = {
	readonly iceUfrag: string;
	readonly icePassword: string;
	/** `sha-256 AA:BB:…` */
	readonly fingerprint: string;
};

export type AnswerPlan = {
	readonly offer: Offer;
	readonly role: TransportPlan['ours'];
	readonly transport: LocalTransport;
	/** `candidate:…` lines without the `a=`. */
	readonly candidates: readonly string[];
	readonly sessionId: string;
	/** What this server does: receive a publisher, or send to a listener under the given source. */
	readonly flow:
		| { readonly type: 'receive' }
		| { readonly type: 'send'; readonly ssrc: number; readonly cname: string };
};

/**
 * The offer as the native library gets it: the accepted audio section alone and nothing the client could
 * have smuggled in. `actpass` is decided here: the library answers with the other role.
 */
export function innerOffer(offer: Offer, plan: TransportPlan): string {
	const { audio } = offer;
	return lines([
		'v=0',
		'o=- 1 1 IN IP4 127.0.0.1',
		's=-',
		't=0 0',
		`a=group:BUNDLE ${audio.mid}`,
		`m=audio 9 UDP/TLS/RTP/SAVPF ${audio.payloadType}`,
		'c=IN IP4 0.0.0.0',
		`a=mid:${audio.mid}`,
		'a=sendrecv',
		`a=ice-ufrag:${offer.iceUfrag}`,
		`a=ice-pwd:${offer.icePassword}`,
		`a=fingerprint:${offer.fingerprint}`,
		`a=setup:${plan.ours === 'passive' ? 'active' : 'passive'}`,
		'a=rtcp-mux',
		`a=rtpmap:${audio.payloadType} opus/48000/2`,
		...plan.candidates.map((candidate) => `a=${candidate}`)
	]);
}

/** The full answer: our audio section, every other section rejected, all candidates in it. */
export function buildAnswer(plan: AnswerPlan): string {
	const { offer } = plan;
	return lines([
		'v=0',
		`o=- ${plan.sessionId} 1 IN IP4 0.0.0.0`,
		's=-',
		't=0 0',
		...(offer.bundled ? [`a=group:BUNDLE ${offer.audio.mid}`] : []),
		...(plan.flow.type === 'send' ? ['a=msid-semantic: WMS *'] : []),
		...offer.media.flatMap((section, index) =>
			index === offer.audio.index ? audioSection(plan) : rejectedSection(section)
		)
	]);
}

function audioSection({ offer, role, transport, candidates, flow }: AnswerPlan): string[] {
	const { audio } = offer;
	const payloadType = audio.payloadType;
	const red = audio.redPayloadType;
	// A publisher sends what stands first; who reads takes either, whatever the order.
	const formats = [payloadType, ...(red === null ? [] : [red])];
	if (flow.type === 'receive' && audio.prefersRed) formats.reverse();
	return [
		`m=audio 9 UDP/TLS/RTP/SAVPF ${formats.join(' ')}`,
		'c=IN IP4 0.0.0.0',
		`a=mid:${audio.mid}`,
		`a=${flow.type === 'send' ? 'sendonly' : 'recvonly'}`,
		`a=ice-ufrag:${transport.iceUfrag}`,
		`a=ice-pwd:${transport.icePassword}`,
		`a=fingerprint:${transport.fingerprint}`,
		`a=setup:${role}`,
		'a=rtcp-mux',
		`a=rtpmap:${payloadType} opus/48000/2`,
		// Echoed as MediaMTX does: a browser's encoder obeys what the answer says.
		...(audio.formatParameters === '' ? [] : [`a=fmtp:${payloadType} ${audio.formatParameters}`]),
		...(red === null
			? []
			: [`a=rtpmap:${red} red/48000/2`, `a=fmtp:${red} ${payloadType}/${payloadType}`]),
		...(flow.type === 'receive' && audio.levelExtensionId !== null
			? [`a=extmap:${audio.levelExtensionId} ${AUDIO_LEVEL_URI}`]
			: []),
		...(flow.type === 'send' && audio.transportExtensionId !== null
			? [
					`a=extmap:${audio.transportExtensionId} ${TRANSPORT_SEQUENCE_URI}`,
					`a=rtcp-fb:${payloadType} transport-cc`
				]
			: []),
		...(flow.type === 'send'
			? [
					`a=msid:${flow.cname} audio`,
					`a=ssrc:${flow.ssrc} cname:${flow.cname}`,
					`a=ssrc:${flow.ssrc} msid:${flow.cname} audio`
				]
			: []),
		// Without end-of-candidates: libdatachannel as a client gives up when it reads that before them.
		...candidates.map((candidate) => `a=${candidate}`)
	];
}

/** Port 0 says no (RFC 3264 §6); a format must stand there nevertheless. */
function rejectedSection(section: OfferedMedia): string[] {
	return [
		`m=${section.kind} 0 ${section.protocol} ${section.formats[0] ?? '0'}`,
		'c=IN IP4 0.0.0.0',
		...(section.mid === null || !/^[\x21-\x7e]{1,64}$/.test(section.mid)
			? []
			: [`a=mid:${section.mid}`]),
		'a=inactive'
	];
}

function lines(list: readonly string[]): string {
	return list.join('\r\n') + '\r\n';
}

/** Reads ICE credentials and fingerprint out of the native library's own description; null if one lacks. */
export function readTransport(description: string): LocalTransport | null {
	const find = (name: string) => new RegExp(`^a=${name}:(.+?)\\r?$`, 'm').exec(description)?.[1];
	const iceUfrag = find('ice-ufrag');
	const icePassword = find('ice-pwd');
	const fingerprint = find('fingerprint');
	return iceUfrag && icePassword && fingerprint ? { iceUfrag, icePassword, fingerprint } : null;
}
