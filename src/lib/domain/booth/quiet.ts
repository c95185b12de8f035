/**
 * Whether the sound that arrives in a channel is silence, judged at the media server alone: by the size of its packets,
 * and by the level that RTP carries (RFC 6464) where the media server tells it. The level is the sender's word, so it
 * may say that a sound is silent but never that silence is a sound. Times are ms of any steady clock.
 */
export type Quiet = {
	/** The publishing session the counters belong to, or null when nobody publishes. */
	readonly session: string | null;
	readonly at: number;
	readonly bytes: number;
	readonly packets: number;
	/** Since when nothing but silence has come; null while there is sound, or not enough to judge. */
	readonly since: number | null;
	/** dBFS, at most 0; null where nobody tells. Nothing louder than silence while it is silent. */
	readonly levelDb: number | null;
};

export const NOT_QUIET: Quiet = {
	...{ session: null, at: 0, bytes: 0, packets: 0, since: null, levelDb: null }
};

/**
 * A packet of Opus silence has 3 bytes of sound and up to 40 of RTP; a quiet room at 48 kb/s has 80 bytes of sound
 * and more.
 */
const SILENT_PACKET_BYTES = 48;
/** A sender that calls itself silent is believed when its packets are small too. */
const FAINT_PACKET_BYTES = 90;
const FAINT_DB = -70;
/** Half a second of sound; the mean of fewer packets says little. */
const JUDGED_PACKETS = 20;
/** The quietest level RTP can tell. */
const SILENCE_DB = -127;

export type QuietLook = {
	readonly session: string | null;
	readonly at: number;
	readonly bytes: number;
	readonly packets: number;
	readonly levelDb: number | null;
};

export function listenForQuiet(before: Quiet, look: QuietLook): Quiet {
	const { session, at, bytes, packets, levelDb } = look;
	if (session === null) return NOT_QUIET;
	if (session !== before.session) return { ...look, since: null };
	const more = packets - before.packets;
	// Too few to judge: what was so stays so, until there are enough.
	if (more < JUDGED_PACKETS)
		return { ...before, levelDb: before.since === null ? levelDb : SILENCE_DB };
	const mean = (bytes - before.bytes) / more;
	const isFaint = levelDb !== null && levelDb <= FAINT_DB && mean < FAINT_PACKET_BYTES;
	const isQuiet = mean < SILENT_PACKET_BYTES || isFaint;
	return {
		...{ session, at, bytes, packets },
		since: isQuiet ? (before.since ?? before.at) : null,
		levelDb: isQuiet ? SILENCE_DB : levelDb
	};
}

/** For how long there has been nothing but silence, ms; 0 while there is sound. */
export function quietForMs({ since }: Quiet, at: number): number {
	return since === null ? 0 : Math.max(0, at - since);
}
