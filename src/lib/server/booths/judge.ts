import type { PortalCommand } from '#lib/domain/booth/command.ts';
import { reactToSound, type ChannelSound } from '#lib/domain/booth/sound.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type { Log } from '../log.ts';
import type { MediaServer } from '../media/media-server.ts';
import type { ChannelWatch } from './channel-watch.ts';

/** Carries out what a channel's sound means: ends sessions that may not publish, tells the booth what is new. */
export type Judge = {
	/**
	 * @param state read after the sound was looked at, so that nobody is ended for a right they have gained
	 * meanwhile
	 * @param at when the media server was asked, epoch ms
	 */
	channel(
		watch: ChannelWatch,
		sound: ChannelSound,
		state: BoothState | null,
		at: number
	): Promise<void>;
	kick(watch: ChannelWatch, sessions: readonly string[], why: string): Promise<void>;
};

export type Report = (booth: BoothId, command: PortalCommand) => Promise<unknown>;

export function createJudge(media: Pick<MediaServer, 'kick'>, report: Report, log: Log): Judge {
	const judge: Judge = {
		async channel(watch, sound, state, at) {
			const { onAir } = sound;
			if (watch.isFloor) {
				if (onAir?.stalled) await judge.kick(watch, [onAir.session], 'stalled');
				return;
			}
			if (state === null) return;
			const reaction = reactToSound(state, sound);
			watch.intruded(reaction.intruder, at);
			const why = onAir?.stalled ? 'stalled' : 'may not publish';
			const told = reaction.report && { type: 'media-observed' as const, at, ...reaction.report };
			await Promise.all([
				judge.kick(watch, reaction.kick, why),
				told && report(watch.found.booth.id, told)
			]);
		},

		async kick(watch, sessions, why) {
			for (const session of sessions) {
				const { path, booth } = watch.found;
				const done = await media.kick(session);
				log.info({ booth: booth.id, path, session, why, done }, 'publisher ended');
			}
		}
	};
	return judge;
}
