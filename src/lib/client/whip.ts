import type { PublishTicket } from '#lib/protocol/booth.ts';
import { iceServersOf } from './ice-servers.ts';
import { offerOpus, type OpusProfile } from './opus-offer.ts';
import { deleteSession, postOffer } from './session-requests.ts';
import { measureUplink, type UplinkCounters } from './uplink.ts';
import { trickleByPatch } from './whip-trickle.ts';

/**
 * One WHIP session (RFC 9725): this page's sound on its way to the media server. It never tries again by
 * itself: whoever lost a session asks the portal first whether the right to publish is still theirs.
 */
export type WhipFailure =
	| 'unauthorised' // 401, 403: the token is wrong, expired or not for this path
	| 'refused' // any other answer without a session
	| 'unreachable' // no answer at all, or a proxy's
	| 'unsupported'; // this browser has no WebRTC or no Opus

export class WhipError extends Error {
	override readonly name = 'WhipError';
	constructor(
		readonly failure: WhipFailure,
		message: string,
		options?: ErrorOptions
	) {
		super(message, options);
	}
}

export type WhipEnd =
	| 'stopped' // by this page
	| 'never-connected' // the answer came, a connection never did
	| 'connection-lost';

export type WhipState =
	| { readonly kind: 'connecting' }
	/** Packets reach the media server; "live" is still the portal's word. */
	| { readonly kind: 'connected' }
	/** No answer from the media server for a moment; may heal. */
	| { readonly kind: 'interrupted' }
	| { readonly kind: 'closed'; readonly reason: WhipEnd };

export type WhipSession = {
	/** Id of the session at the media server, where it tells one. */
	readonly id: string | null;
	measure(): Promise<UplinkCounters>;
	/** Sends another source from now on, without a gap in the session. */
	replaceTrack(track: MediaStreamTrack): Promise<void>;
	/**
	 * Ends the session here and at the media server; works while the page is being left.
	 *
	 * @param isTaken the right is somebody else's: the portal has ended the session, or is about to
	 */
	stop(isTaken?: boolean): void;
};

export type WhipOptions = {
	/** May still be on its way: offer and ticket are made at the same time. */
	readonly ticket: PublishTicket | Promise<PublishTicket>;
	readonly track: MediaStreamTrack;
	readonly profile: OpusProfile;
	/** No state comes after `closed`. */
	readonly onState: (state: WhipState) => void;
};

const CONNECT_TIMEOUT_MS = 8_000;
/** How long an interrupted connection may take to heal before it counts as lost. */
const HEAL_MS = 1_500;

/**
 * Opens a session and resolves when the media server has answered; `onState` tells when it is connected.
 *
 * The order is the one RFC 9725 §4.6 recommends: offer → POST → ICE servers from the Link header → local
 * description. The offer goes out without candidates, since the media server learns ours from our first
 * connectivity check (RFC 8445 §7.3.1.3); the rest follows by PATCH for servers that want it.
 *
 * @throws WhipError, and whatever the ticket's promise rejects with
 */
export async function openWhip({
	ticket: promisedTicket,
	track,
	profile,
	onState
}: WhipOptions): Promise<WhipSession> {
	if (typeof RTCPeerConnection === 'undefined')
		throw new WhipError('unsupported', 'this browser has no WebRTC');
	const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
	let resource: URL | null = null;
	let token = '';
	let source = track;
	let connected = false;
	let answered = false;
	let ended = false;
	let healTimer: ReturnType<typeof setTimeout> | undefined;

	function end(reason: WhipEnd, sayGoodbye = false): void {
		if (ended) return;
		ended = true;
		clearTimeout(healTimer);
		removeEventListener('pagehide', leave);
		// First, so that nothing is heard while the media server is told.
		source.stop();
		if (resource && sayGoodbye)
			void deleteSession(resource, token).finally(() => connection.close());
		else connection.close();
		if (answered) onState({ kind: 'closed', reason });
	}
	const leave = () => end('stopped', true);

	try {
		const sender = sendOnlyOpus(connection);
		const [offer, ticket] = await Promise.all([connection.createOffer(), promisedTicket]);
		token = ticket.token;
		const response = await post(ticket, offerOpus(offer.sdp ?? '', profile));
		const location = response.headers.get('location');
		if (location) resource = new URL(location, response.url);
		// MediaMTX answers an empty 200 to some faulty requests: without a resource there is no session.
		if (response.status !== 201 || !resource)
			throw new WhipError('refused', `status ${response.status}`);
		const iceServers = iceServersOf(response.headers.get('link'));
		if (iceServers.length > 0) connection.setConfiguration({ iceServers });
		trickleByPatch(connection, resource, { token, etag: response.headers.get('etag') });
		await connection.setLocalDescription(offer);
		await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });

		answered = true;
		addEventListener('pagehide', leave);
		onState({ kind: 'connecting' });
		healTimer = setTimeout(() => end('never-connected'), CONNECT_TIMEOUT_MS);
		connection.addEventListener('connectionstatechange', () => {
			if (ended) return;
			clearTimeout(healTimer);
			const state = connection.connectionState;
			if (state === 'connected') {
				// Only now, so that the first packet to arrive is the encoder's first, which a listener's decoder
				// understands without those before it (docs/decisions/015).
				if (!connected) void sender.replaceTrack(source).catch(() => end('connection-lost'));
				connected = true;
				onState({ kind: 'connected' });
			} else if (state === 'failed' || state === 'closed') end('connection-lost');
			else if (state === 'disconnected') {
				onState({ kind: 'interrupted' });
				healTimer = setTimeout(() => end('connection-lost'), HEAL_MS);
			} else healTimer = setTimeout(() => end('never-connected'), CONNECT_TIMEOUT_MS);
		});
		// The media server hangs up (kicked, replaced): a goodbye by DTLS leaves the connection's own state as it was.
		sender.transport?.addEventListener('statechange', () => {
			if (sender.transport?.state === 'closed') end('connection-lost');
		});
		return {
			id: response.headers.get('id'),
			measure: () => measureUplink(connection),
			async replaceTrack(next) {
				source = next;
				if (connected) await sender.replaceTrack(next);
			},
			stop: (isTaken = false) => end('stopped', !isTaken)
		};
	} catch (error) {
		end('stopped', true);
		if (error instanceof WhipError || !isDescriptionFault(error)) throw error;
		throw new WhipError('refused', 'the answer could not be used', { cause: error });
	}
}

/** One audio line that can carry Opus and nothing else. */
function sendOnlyOpus(connection: RTCPeerConnection): RTCRtpSender {
	const transceiver = connection.addTransceiver('audio', { direction: 'sendonly' });
	const opus = RTCRtpSender.getCapabilities('audio')?.codecs.filter(
		({ mimeType }) => mimeType.toLowerCase() === 'audio/opus'
	);
	if (!opus || opus.length === 0) throw new WhipError('unsupported', 'this browser has no Opus');
	// Firefox before 128 has no say in it; there the media server answers with Opus, which stands first.
	if ('setCodecPreferences' in transceiver) transceiver.setCodecPreferences(opus);
	return transceiver.sender;
}

async function post({ url, token }: PublishTicket, sdp: string): Promise<Response> {
	let response: Response;
	try {
		response = await postOffer(url, token, sdp);
	} catch (cause) {
		throw new WhipError('unreachable', 'the media server does not answer', { cause });
	}
	if (response.status === 401 || response.status === 403)
		throw new WhipError('unauthorised', 'the token was refused');
	if (response.status >= 500) throw new WhipError('unreachable', `status ${response.status}`);
	return response;
}

/** SDP that the browser cannot use surfaces as one (RTCError is one too). */
function isDescriptionFault(error: unknown): boolean {
	return error instanceof DOMException;
}
