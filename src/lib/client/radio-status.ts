import type { Heard } from '#lib/domain/listening/heard.ts';
import type { ChannelState } from '#lib/protocol/listen.ts';
import type { WhepStatus } from './whep.ts';

/** The one honest line under the play button. */
export type RadioStatus =
	| { readonly kind: 'stopped' }
	/** The listener wants to read, and no sound is fetched. */
	| { readonly kind: 'captions-only' }
	/** Stopped, but not by the listener. */
	| { readonly kind: 'blocked' | 'interrupted' }
	| { readonly kind: 'connecting' }
	/** Sound arrives. `delay`: seconds on this phone's side, null while unknown. */
	| {
			readonly kind: 'live';
			readonly heard: Exclude<Heard<ChannelState>, { kind: 'nothing' }>;
			readonly delay: number | null;
	  }
	/** Connected or not, there is nothing to hear: said in words. */
	| { readonly kind: 'silent'; readonly because: 'off' | 'closed' | 'floor-off' | 'no-channel' }
	/** The last half minute again, or what was said meanwhile; the live sound goes on arriving. */
	| { readonly kind: 'replay'; readonly behindS: number }
	| { readonly kind: 'mending'; readonly since: number }
	| { readonly kind: 'offline'; readonly since: number }
	| { readonly kind: 'failed'; readonly reason: 'unsupported' | 'access' };

export type RadioFacts = {
	readonly wanted: 'sound' | 'none';
	readonly stopped: 'blocked' | 'interrupted' | null;
	readonly heard: Heard<ChannelState>;
	readonly line: WhepStatus | null;
	readonly delay: number | null;
	readonly captionsOnly: boolean;
	/** How far behind live a replay is, seconds; null while there is none. */
	readonly behindS: number | null;
	/** Since when the phone says it has no network, epoch ms; null when it has one. */
	readonly offlineSince: number | null;
};

/** What to say, from what is known. The line itself is believed before anything else. */
export function radioStatus(facts: RadioFacts): RadioStatus {
	const { wanted, stopped, heard, line, delay, offlineSince } = facts;
	if (line?.kind === 'failed') return { kind: 'failed', reason: line.reason };
	const lineIsDown = line?.kind !== 'playing';
	if (offlineSince !== null && lineIsDown) return { kind: 'offline', since: offlineSince };
	if (heard.kind === 'nothing' && heard.because === 'no-channel')
		return { kind: 'silent', because: 'no-channel' };
	if (wanted === 'none' && facts.captionsOnly) return { kind: 'captions-only' };
	if (wanted === 'none') return stopped ? { kind: stopped } : { kind: 'stopped' };
	if (facts.behindS !== null) return { kind: 'replay', behindS: facts.behindS };
	if (line?.kind === 'silent-fault' || line?.kind === 'reconnecting')
		return { kind: 'mending', since: line.since };
	if (heard.kind === 'nothing') return { kind: 'silent', because: heard.because };
	if (line?.kind === 'playing') return { kind: 'live', heard, delay };
	return { kind: 'connecting' };
}
