import { allowedPublishers } from '../booth/allowed-publishers.ts';
import type { BoothState } from '../booth/state.ts';
import { FLOOR } from '../language.ts';
import type { Finding } from './finding.ts';

/** One channel as booth and media server show it at one moment. */
export type ChannelFacts = {
	readonly path: string;
	readonly language: string;
	readonly state: BoothState;
	/** Null: the media server has no such path. */
	readonly served: {
		/** Set up so that listeners keep their connection while nobody speaks, where that is wanted. */
		readonly complete: boolean;
		readonly online: boolean;
	} | null;
	/** `sub` of the tokens with which somebody publishes to it now. */
	readonly publishers: readonly string[];
	/** Loudest sample of a few seconds, dBFS; null when it was not listened to. */
	readonly peakDb: number | null;
};

/** Below this nobody in a hall hears anything: digital silence, a muted desk, a dead cable. */
export const SILENT_DB = -60;

/** Why somebody cannot go live here (IC-01). @param who the complaining person's name, when it was given */
export function judgeGoLive(facts: ChannelFacts, who: string | null): readonly Finding[] {
	const { path, state } = facts;
	const found = [...judgePath(facts), ...judgeGhosts(facts)];
	if (facts.language === FLOOR) return found;
	switch (state.phase.kind) {
		case 'closed':
			found.push({
				code: 'booth_closed',
				level: 'fault',
				about: path,
				says: 'This booth is closed: nobody may publish, and its audience sees that.',
				fix: 'A coordinator opens it again on the booth page or the control desk.'
			});
			break;
		case 'empty':
			found.push({
				code: 'booth_empty',
				level: 'fault',
				about: path,
				says: 'No interpreter is in this booth, as the portal sees it. A page that was opened and is not listed here has no connection, or its person may not interpret here.',
				fix: 'Have them reload the page; if they are still not in it, look at IC-03 and at their role under People.'
			});
			break;
		case 'ready':
		case 'going-live':
		case 'live':
		case 'handing-over': {
			const { active } = state.phase;
			if (who !== null && active.name.toLowerCase() !== who.toLowerCase())
				found.push({
					code: 'not_active',
					level: 'fault',
					about: path,
					says: `${active.name} holds the microphone right here, so anybody else is refused (403).`,
					fix: `${active.name} hands over, or a coordinator gives the right to ${who}.`
				});
		}
	}
	return found;
}

/** Why a listener hears nothing here (IC-02). */
export function judgeHearing(facts: ChannelFacts): readonly Finding[] {
	const { path, state, served, peakDb } = facts;
	const found = [...judgePath(facts)];
	const kind = state.phase.kind;
	const live = kind === 'live' || kind === 'handing-over';
	if (facts.language === FLOOR) {
		if (served !== null && !served.online)
			found.push({
				code: 'nobody_on_air',
				level: 'fault',
				about: path,
				says: 'No floor sound arrives at the media server.',
				fix: 'Start it on the floor page, or in the encoder with a fresh WHIP address from there.'
			});
	} else if (kind === 'closed')
		found.push({
			code: 'booth_closed',
			level: 'fault',
			about: path,
			says: 'This booth is closed; its audience is offered the floor.',
			fix: 'A coordinator opens it again on the booth page or the control desk.'
		});
	else if (!live)
		found.push({
			code: 'nobody_on_air',
			level: 'fault',
			about: path,
			says:
				kind === 'empty'
					? 'Nobody is on air here, and no interpreter is in the booth.'
					: `Nobody is on air here: ${state.phase.active.name} has the right and has not gone live.`,
			fix: 'The interpreter presses Go live. If that fails, look at IC-01.'
		});
	else if (served !== null && !served.online)
		found.push({
			code: 'sound_not_arriving',
			level: 'fault',
			about: path,
			says: 'The booth is on air and its sound does not arrive at the media server.',
			fix: 'The interpreter presses Restart; if it comes back, their network is to blame.'
		});
	if (served?.online === true && peakDb !== null && peakDb < SILENT_DB)
		found.push({
			code: 'channel_silent',
			level: 'fault',
			about: path,
			says: `Sound arrives and is silence (${Math.round(peakDb)} dBFS at most): a muted or wrong microphone.`,
			fix: 'The person on air looks at the level meter and at the chosen microphone.'
		});
	return found;
}

/** What is wrong with a channel at any time, whoever is in it. */
export function judgePath({ path, served }: ChannelFacts): readonly Finding[] {
	if (served === null)
		return [
			{
				code: 'path_missing',
				level: 'fault',
				about: path,
				says: 'The media server does not know this channel: nobody can speak or listen here.',
				fix: 'Have the portal make it again (npm run doctor -- --fix).',
				safeFix: 'remake-paths'
			}
		];
	if (!served.complete)
		return [
			{
				code: 'path_incomplete',
				level: 'fault',
				about: path,
				says: 'This channel is not always available at the media server: listeners are refused while nobody speaks.',
				fix: 'Have the portal set it (npm run doctor -- --fix); on MediaMTX that waits until nobody is on air there.',
				safeFix: 'remake-paths'
			}
		];
	return [];
}

/** @param user `sub` of the token somebody publishes with */
export function mayPublish(state: BoothState, user: string): boolean {
	return allowedPublishers(state).some((seat) => user === `seat:${seat}`);
}

/** Somebody publishes who may not: on air for the audience, while the booth knows nothing of it. */
export function judgeGhosts({
	path,
	language,
	state,
	publishers
}: ChannelFacts): readonly Finding[] {
	if (language === FLOOR) return [];
	const ghosts = publishers.filter((user) => !mayPublish(state, user));
	if (ghosts.length === 0) return [];
	return [
		{
			code: 'ghost_publisher',
			level: 'fault',
			about: path,
			says: `Somebody publishes here without the right (${ghosts.join(', ')}).`,
			fix: 'End that session (npm run doctor -- --fix); the person in the booth can go live then.',
			safeFix: 'end-ghost-publishers'
		}
	];
}
