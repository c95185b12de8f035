import type { PublishTicket } from '#lib/protocol/booth.ts';
import type { OpusProfile } from './opus-offer.ts';
import { PortalUnreachable, PublishRefused } from './publish-ticket.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { UplinkCounters } from './uplink.ts';
import { WhipError, openWhip, type WhipEnd, type WhipFailure, type WhipSession } from './whip.ts';

/** Why this page's sound does not arrive. */
export type LineFault =
	WhipFailure | Exclude<WhipEnd, 'stopped'> | 'portal-unreachable' | 'not-allowed'; // the portal says the right is not here (any more)

export type LineState =
	| { readonly kind: 'idle' }
	| { readonly kind: 'opening' }
	| { readonly kind: 'connected' }
	/** The media server has not answered for a moment; may heal. */
	| { readonly kind: 'interrupted' }
	/** Not connected; `onRetryDue` comes when trying again makes sense. */
	| { readonly kind: 'waiting'; readonly fault: LineFault };

export type LineOptions = {
	readonly ticket: () => Promise<PublishTicket>;
	/** The track to send; made for this line, which stops it in the end. */
	readonly openTrack: () => MediaStreamTrack;
	readonly profile: () => OpusProfile;
	readonly onState: (state: LineState) => void;
	/** The owner looks whether it still wants and may publish, and calls `publish` again. */
	readonly onRetryDue: () => void;
};

/** One page's sound to the media server, over as many WHIP sessions as it takes. */
export type Line = {
	/** Opens the line unless it is open, opening or waiting for its time. */
	publish(): void;
	/**
	 * Closes it: the session is ended and the track stopped.
	 *
	 * @param isTaken the right is not here any more, so that the portal ends the session at the media server
	 */
	release(isTaken?: boolean): void;
	/** Forgets the waiting time: the network is back, or the person pressed. */
	hurry(): void;
	/** Sends the track of `openTrack` anew, after another device was chosen. */
	renewTrack(): Promise<void>;
	/** Applies to the track now and to those that follow. A disabled track sends silence. */
	enable(enabled: boolean): void;
	measure(): Promise<UplinkCounters | null>;
};

export function createLine(options: LineOptions): Line {
	let state: LineState = { kind: 'idle' };
	let session: WhipSession | null = null;
	let track: MediaStreamTrack | null = null;
	let enabled = true;
	/** Each attempt has its number; what a former one still says is not listened to. */
	let attempt = 0;
	let failures = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function say(next: LineState): void {
		state = next;
		options.onState(next);
	}

	function openTrack(): MediaStreamTrack {
		const opened = options.openTrack();
		opened.enabled = enabled;
		return opened;
	}

	function letGo(isTaken = false): void {
		attempt++;
		clearTimeout(timer);
		session?.stop(isTaken);
		session = null;
		track?.stop();
		track = null;
	}

	function fail(fault: LineFault): void {
		letGo();
		say({ kind: 'waiting', fault });
		timer = setTimeout(retryDue, retryDelayMs(failures++, Math.random()));
	}

	function retryDue(): void {
		if (state.kind !== 'waiting') return;
		// Idle, so that the owner's `publish` opens it, if that is still what the owner wants.
		state = { kind: 'idle' };
		options.onRetryDue();
		if (state.kind === 'idle') options.onState(state);
	}

	async function open(mine: number): Promise<void> {
		try {
			const source = openTrack();
			track = source;
			const opened = await openWhip({
				ticket: options.ticket(),
				track: source,
				profile: options.profile(),
				onState(whip) {
					if (mine !== attempt) return;
					if (whip.kind === 'connected') {
						failures = 0;
						say({ kind: 'connected' });
					} else if (whip.kind === 'interrupted') say({ kind: 'interrupted' });
					else if (whip.kind === 'closed' && whip.reason !== 'stopped') fail(whip.reason);
				}
			});
			// Released while the media server was answering.
			if (mine === attempt) session = opened;
			else opened.stop();
		} catch (error) {
			if (mine === attempt) fail(faultOf(error));
		}
	}

	return {
		publish() {
			if (state.kind !== 'idle') return;
			letGo();
			say({ kind: 'opening' });
			void open(attempt);
		},
		release(isTaken = false) {
			if (state.kind === 'idle' && !session) return;
			letGo(isTaken);
			failures = 0;
			say({ kind: 'idle' });
		},
		hurry() {
			clearTimeout(timer);
			retryDue();
		},
		async renewTrack() {
			if (!session) return;
			const former = track;
			track = openTrack();
			await session.replaceTrack(track);
			former?.stop();
		},
		enable(next) {
			enabled = next;
			if (track) track.enabled = next;
		},
		measure: async () => (session ? session.measure() : null)
	};
}

function faultOf(error: unknown): LineFault {
	if (error instanceof WhipError) return error.failure;
	if (error instanceof PublishRefused) return 'not-allowed';
	if (error instanceof PortalUnreachable) return 'portal-unreachable';
	throw error;
}
