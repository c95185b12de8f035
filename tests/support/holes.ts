/** What became of a hole of the predecessor: the test that shows it closed, or why there is none to close. */
export type Closed =
	{ readonly file: string; readonly title: string } | { readonly reason: string };

const by = (file: string, title: string): Closed => ({ file: `tests/${file}`, title });
const unit = (file: string, title: string): Closed => ({ file: `src/lib/${file}`, title });
const none = (reason: string): Closed => ({ reason });

const MATRIX = by('integration/policy-matrix.test.ts', 'is what happens');
const SOCKETS = by('integration/policy-sockets.test.ts', 'is what happens');
const NO_OAUTH = none('no OAuth server here: the API is used with tokens of the portal');
const NO_WEBHOOKS = none('no webhooks here');
const NO_EMBED = none('the embedded player is not built yet');
const NO_FLOOR_BOT = none(
	'no meeting robot: the floor comes by WebRTC, RTMP or OBS, with a ticket'
);
const NO_JITSI = none('no Jitsi rooms: the floor is a channel of the media server');

/** Numbers of section 7 of the notes on data and access. */
export const DATA_HOLES: Readonly<Record<number, Closed>> = {
	1: by(
		'integration/people.test.ts',
		'a coordinator gives and takes roles in their own room alone'
	),
	2: MATRIX,
	3: by('integration/people.test.ts', 'carry no more than their maker has, for a place of theirs'),
	4: by(
		'integration/rights.test.ts',
		'takes a deactivated interpreter off the air and out of the booth'
	),
	5: by('integration/accounts.test.ts', 'comes in by no way, not by one that was open before'),
	6: MATRIX,
	7: SOCKETS,
	8: NO_OAUTH,
	9: NO_WEBHOOKS,
	10: NO_OAUTH,
	11: MATRIX,
	12: by('contracts/media-server/access.ts', 'refuses every token that is not exactly right'),
	13: by(
		'integration/attempts.test.ts',
		'2,000 right codes get in from one address while a guesser stops'
	),
	14: by('integration/accounts.test.ts', 'count an IPv6 household as one'),
	15: by('integration/attempts.test.ts', 'lets some of a hall mistype'),
	16: by('integration/accounts.test.ts', 'by asking for a link: the same answer, the same rows'),
	17: by('integration/accounts.test.ts', 'set a new password, which ends what the old one opened'),
	18: by('integration/accounts.test.ts', 'take a password of a thousand characters whole'),
	19: by(
		'integration/accounts.test.ts',
		'stand nowhere in the database, nor do cookies, codes and passwords'
	),
	20: by(
		'integration/hardening.test.ts',
		'every page has a policy with a nonce, and headers that close doors'
	),
	21: by(
		'integration/audit-and-keys.test.ts',
		'survives a change of the encryption key in three steps'
	),
	22: by(
		'integration/people.test.ts',
		'get a new link that ends the old one, and keep their guests'
	),
	23: unit('server/env.test.ts', 'a link never leads to somebody else’s portal'),
	24: NO_OAUTH,
	25: NO_OAUTH,
	26: NO_OAUTH,
	27: NO_OAUTH,
	28: NO_OAUTH,
	29: NO_OAUTH,
	30: NO_OAUTH,
	31: NO_OAUTH,
	32: NO_OAUTH,
	33: NO_WEBHOOKS,
	34: NO_WEBHOOKS,
	35: NO_WEBHOOKS,
	36: NO_WEBHOOKS,
	37: NO_OAUTH,
	38: MATRIX,
	39: by(
		'integration/desk-pages.test.ts',
		'an owner may not make events; who may make them owns what they made'
	),
	40: none(
		'models are free text that the provider judges; what it refuses is said on the booth’s page'
	),
	41: by(
		'integration/desk-pages.test.ts',
		'sends strangers and listeners to sign in, and back to where they were'
	),
	42: by('integration/demo-event.test.ts', 'every link and every voice opens its own place'),
	43: MATRIX,
	44: by(
		'integration/organise.test.ts',
		'an event closes its booths and is found nowhere; undo brings it back'
	),
	45: MATRIX,
	46: by(
		'integration/desk-pages.test.ts',
		'finds a booth of another room of the same event in no action either'
	),
	47: MATRIX,
	48: by('integration/rights.test.ts', 'empties the booths of an event that is deleted'),
	49: none('no such call: rooms and booths are made at the desk, by their full path'),
	50: by('integration/people.test.ts', 'are searched literally and paged'),
	51: by('integration/rights.test.ts', 'empties the booths of an event that is deleted'),
	52: MATRIX,
	53: by(
		'integration/database.test.ts',
		'has every migration applied, and applying them again changes nothing'
	),
	54: by(
		'integration/database.test.ts',
		'has every migration applied, and applying them again changes nothing'
	),
	55: by('integration/database.test.ts', 'refuses a booth in a room of another event'),
	56: none('model names have 120 characters; longer ones are refused by the form'),
	57: none('every time is stored with its zone and sent as epoch milliseconds'),
	58: by('integration/booth-portals.test.ts', 'decide one after the other, whoever asks'),
	59: by(
		'integration/attempts.test.ts',
		'keeps no address in the database, and forgets what is over'
	),
	60: by(
		'integration/people.test.ts',
		'get a role from somebody who has it, and it is written down'
	),
	61: by('integration/people.test.ts', 'the last owner cannot go, not even two at the same moment'),
	62: NO_JITSI,
	63: none('no debug scripts are shipped; the image is built from the lock file'),
	64: unit('domain/csv.test.ts', 'cannot become a formula'),
	65: by('integration/booth-sockets.test.ts', 'answers whatever is sent, and goes on'),
	66: by('integration/hardening.test.ts', 'no page loads anything from elsewhere'),
	67: NO_EMBED
};

/** Sections 8.1 to 8.4 of the notes on booth and listener; 8.5 and 8.6 have no numbers, 8.7 says what to do. */
export const BOOTH_HOLES: Readonly<Record<string, Closed>> = {
	'8.1.1': MATRIX,
	'8.1.2': by('integration/hardening.test.ts', 'names cannot break out of the page'),
	'8.1.3': by(
		'integration/auth.test.ts',
		'let an invited person into their own booth and no other'
	),
	'8.1.4': by('contracts/media-server/access.ts', 'are closed without a token for them'),
	'8.1.5': by(
		'integration/media-plane-reconcile.test.ts',
		'cannot publish to another channel with a ticket for this one'
	),
	'8.1.6': by('integration/booth-sockets.test.ts', 'takes nobody’s word for who they are'),
	'8.1.7': by(
		'integration/booth-sockets.test.ts',
		'refuses sockets nobody is signed in on with 4001'
	),
	'8.1.8': SOCKETS,
	'8.1.9': MATRIX,
	'8.1.10': by(
		'integration/auth.test.ts',
		'come in by the code as people type it, to that event alone'
	),
	'8.1.11': by('integration/booth-sockets.test.ts', 'answers whatever is sent, and goes on'),
	'8.1.12': NO_WEBHOOKS,
	'8.1.13': NO_FLOOR_BOT,
	'8.1.14': by('integration/rights.test.ts', 'dismisses with 4003 who was taken out of the team'),
	'8.1.15': NO_EMBED,
	'8.2.1': by('integration/booth-sockets.test.ts', 'expires what nobody answers, and says so'),
	'8.2.2': by('integration/booth-random.test.ts', 'never break a promise'),
	'8.2.3': by(
		'integration/media-plane-reconcile.test.ts',
		'ends with the sound, whoever says what'
	),
	'8.2.4': by(
		'integration/booth-sockets.test.ts',
		'moves a seat on to the newer connection of its page'
	),
	'8.2.5': SOCKETS,
	'8.2.6': by(
		'integration/booth-slow-readers.test.ts',
		'whose TCP window is full delays nobody, and is cut off'
	),
	'8.2.7': by('integration/booth-sockets.test.ts', 'lets no dead peer disturb the one who sends'),
	'8.2.8': by('integration/booth-sockets.test.ts', 'answers whatever is sent, and goes on'),
	'8.2.9': SOCKETS,
	'8.2.10': by(
		'integration/booth-sockets.test.ts',
		'holds a hasty page back without ending it, and ends a flood'
	),
	'8.2.11': by(
		'integration/booth-sockets.test.ts',
		'keeps everything over a restart of the portal'
	),
	'8.2.12': by('integration/booth-slow-readers.test.ts', 'gets the newest state, not every one'),
	'8.3.1': by(
		'e2e/interpreter.spec.ts',
		'the lobby hears the microphone, and neither entering nor reloading goes on air'
	),
	'8.3.2': by('e2e/resilience.spec.ts', 'the portal killed and started again in mid-talk'),
	'8.3.3': by(
		'e2e/resilience.spec.ts',
		'the media server killed and started again: sound returns without a reload'
	),
	'8.3.4': by(
		'integration/booth-sockets.test.ts',
		'opens no microphone by joining, reloading, returning or promotion'
	),
	'8.3.5': by(
		'e2e/handovers.spec.ts',
		'twenty handovers in a row: no hole, no click, never two voices'
	),
	'8.3.6': by('e2e/console.spec.ts', 'the ears are guarded'),
	'8.3.7': by(
		'e2e/console.spec.ts',
		'what is wrong with the machine is seen and said within two seconds'
	),
	'8.3.8': by('e2e/interpreter.spec.ts', 'keys mute and cough, and never act while one writes'),
	'8.3.9': NO_JITSI,
	'8.3.10': by('e2e/console.spec.ts', 'the ears are guarded'),
	'8.3.11': unit(
		'client/packet-watch.test.ts',
		'a line whose packets stop is silent after two seconds, not before'
	),
	'8.3.12': by('contracts/media-server/signalling.ts', 'ends a session on DELETE, once'),
	'8.3.13': unit(
		'server/media/path-keeper.test.ts',
		'looks at all of them again when the media server was restarted'
	),
	'8.3.14': by(
		'contracts/media-server/shipped-configuration.ts',
		'is known to the server, key by key'
	),
	'8.4.1': by(
		'integration/media-plane-listen.test.ts',
		'says what there is and tells every listener at once'
	),
	'8.4.2': by(
		'integration/media-plane-listen.test.ts',
		'a read ticket opens the channels of its event and of no other'
	),
	'8.4.3': by(
		'integration/attempts.test.ts',
		'2,000 right codes get in from one address while a guesser stops'
	),
	'8.4.4': by(
		'e2e/pocket.spec.ts',
		'the original underneath is quieter than the voice, and a delay holds everything back'
	),
	'8.4.5': by('integration/captions-portal.test.ts', 'brings captions to who reads the channel'),
	'8.4.6': by('integration/captions-portal.test.ts', 'gives who was away what came meanwhile'),
	'8.4.7': by(
		'integration/translation.test.ts',
		'a late answer does not overwrite the translation of a correction'
	),
	'8.4.8': by('e2e/pocket.spec.ts', 'channels cross without a hole or a double'),
	'8.4.9': by('e2e/listener.spec.ts', 'a line that is connected but silent is noticed and mended'),
	'8.4.10': by(
		'e2e/listener.spec.ts',
		'pausing leaves the media server, changing language quickly'
	),
	'8.4.11': by(
		'e2e/pocket.spec.ts',
		'the original underneath is quieter than the voice, and a delay holds everything back'
	),
	'8.4.12': NO_EMBED,
	'8.4.13': by('integration/demo-event.test.ts', 'every link and every voice opens its own place'),
	'8.4.14': by('integration/hardening.test.ts', 'no page loads anything from elsewhere')
};

/** How many numbers there are in each part. */
export const NUMBERS = { data: 67, booth: { '8.1': 15, '8.2': 12, '8.3': 14, '8.4': 14 } } as const;
