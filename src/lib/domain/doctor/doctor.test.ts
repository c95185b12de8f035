import { describe, expect, it } from 'vitest';
import { EMPTY_BOOTH, type BoothState, type Seat } from '../booth/state.ts';
import type { PersonId, SeatId } from '../ids.ts';
import { judgeIce, judgeMediaUrl, reachOf } from './addresses.ts';
import { judgeCaptions, type CaptionCaseFacts } from './captions.ts';
import { judgeGhosts, judgeGoLive, judgeHearing, type ChannelFacts } from './channel.ts';
import { together, type Report } from './finding.ts';

describe('how far an address leads', () => {
	it.each([
		['localhost', 'this-machine'],
		['127.0.0.1', 'this-machine'],
		['[::1]', 'this-machine'],
		['192.168.1.20', 'private-network'],
		['172.20.0.3', 'private-network'],
		['172.32.0.3', 'anywhere'],
		['100.64.0.1', 'private-network'],
		['100.128.0.1', 'anywhere'],
		['[fd12:3456::1]', 'private-network'],
		['fe80::1', 'private-network'],
		['mediamtx', 'internal-name'],
		['media.internal', 'internal-name'],
		['media.example.org', 'anywhere'],
		['203.0.113.7', 'anywhere'],
		['[2001:db8::1]', 'anywhere']
	])('%s → %s', (host, reach) => expect(reachOf(host)).toBe(reach));
});

describe('the media server’s address, as a browser needs it', () => {
	it.each([
		['http://localhost:8000', 'http://localhost:8889', null],
		['https://vb.example.org', 'https://media.example.org', null],
		['https://192.168.1.20:8443', 'https://192.168.1.20:8443', null],
		['https://vb.example.org', 'http://mediamtx:8889', 'media_url_internal'],
		['http://localhost:8000', 'http://mediamtx:8889', 'media_url_internal'],
		['https://vb.example.org', 'https://localhost:8889', 'media_url_internal'],
		['https://vb.example.org', 'http://media.example.org', 'media_url_insecure'],
		['http://vb.example.org', 'http://media.example.org', 'media_url_insecure']
	])('%s with %s → %s', (portal, media, code) =>
		expect(judgeMediaUrl({ portal, media }).map((one) => one.code)).toEqual(code ? [code] : [])
	);
});

describe('the addresses for sound', () => {
	it.each([
		['https://vb.example.org', ['203.0.113.7', '10.0.0.2'], []],
		['https://vb.example.org', ['10.0.0.2'], ['ice_not_reachable']],
		['http://localhost:8000', ['127.0.0.1'], []],
		['http://localhost:8000', [], ['ice_not_reachable']],
		['https://192.168.1.20:8443', ['127.0.0.1'], ['ice_not_reachable']],
		['https://192.168.1.20:8443', ['192.168.1.20'], []]
	])('%s with %s → %s', (portal, candidates, codes) =>
		expect(judgeIce(portal, candidates).map((one) => one.code)).toEqual(codes)
	);
});

const lea: Seat = { seat: 'lea' as SeatId, person: 'user:lea' as PersonId, name: 'Léa' };
const booth = (phase: BoothState['phase']): BoothState => ({ participants: [], phase });
const ready = booth({ kind: 'ready', active: lea, reason: 'not-asked' });
const live = booth({ kind: 'live', active: lea, since: 1 });

function channel(changes: Partial<ChannelFacts> = {}): ChannelFacts {
	return {
		path: 'demo/fr',
		language: 'fr',
		state: live,
		served: { complete: true, online: true },
		publishers: ['seat:lea'],
		peakDb: -12,
		...changes
	};
}
const offAir = { served: { complete: true, online: false }, publishers: [], peakDb: null };
const codes = (found: readonly { code: string }[]) => found.map((one) => one.code);

describe('why somebody cannot go live', () => {
	it.each<[string, Partial<ChannelFacts>, string | null, string[]]>([
		['ready, nothing in the way', { ...offAir, state: ready }, null, []],
		['ready, asked by the holder', { ...offAir, state: ready }, 'léa', []],
		['somebody else is active', { ...offAir, state: ready }, 'Tom', ['not_active']],
		['empty', { ...offAir, state: EMPTY_BOOTH }, null, ['booth_empty']],
		['closed', { ...offAir, state: booth({ kind: 'closed' }) }, null, ['booth_closed']],
		['no path', { ...offAir, state: ready, served: null }, null, ['path_missing']],
		['a stranger publishes', { state: ready, publishers: ['seat:tom'] }, null, ['ghost_publisher']]
	])('%s', (_name, changes, who, expected) =>
		expect(codes(judgeGoLive(channel(changes), who))).toEqual(expected)
	);
});

describe('why a listener hears nothing', () => {
	it.each<[string, Partial<ChannelFacts>, string[]]>([
		['all is well', {}, []],
		['not listened to', { peakDb: null }, []],
		['has not gone live', { ...offAir, state: ready }, ['nobody_on_air']],
		['empty', { ...offAir, state: EMPTY_BOOTH }, ['nobody_on_air']],
		['closed', { ...offAir, state: booth({ kind: 'closed' }) }, ['booth_closed']],
		['live without sound', offAir, ['sound_not_arriving']],
		['digital silence', { peakDb: -91 }, ['channel_silent']],
		['quiet but there', { peakDb: -59 }, []],
		['no path', { served: null, peakDb: null }, ['path_missing']],
		['path not always there', { served: { complete: false, online: true } }, ['path_incomplete']],
		[
			'floor without a source',
			{ ...offAir, language: 'floor', state: EMPTY_BOOTH },
			['nobody_on_air']
		],
		['floor with sound', { language: 'floor', state: EMPTY_BOOTH }, []]
	])('%s', (_name, changes, expected) =>
		expect(codes(judgeHearing(channel(changes)))).toEqual(expected)
	);
});

describe('why no captions appear', () => {
	const fault = { code: 'key_refused', detail: '401' };
	const retrying = { kind: 'retrying', attempt: 2, retryAt: 9, fault } as const;
	const at = (status: unknown, online = true, pulled: unknown = null) =>
		codes(judgeCaptions({ path: 'demo/en', status, online, pulled } as CaptionCaseFacts));
	it.each<[string, string[], string[]]>([
		['running', at({ kind: 'running' }), []],
		['off', at({ kind: 'off' }), ['captions_off']],
		['no consent', at({ kind: 'blocked', reason: 'consent_missing' }), ['captions_refused']],
		[
			'outside not allowed',
			at({ kind: 'blocked', reason: 'external_refused' }),
			['captions_refused']
		],
		['no key', at({ kind: 'blocked', reason: 'key_missing' }), ['key_missing']],
		['key unreadable', at({ kind: 'blocked', reason: 'key_unreadable' }), ['key_unreadable']],
		['all sessions in use', at({ kind: 'full', limit: 10 }), ['workers_all_busy']],
		['no worker', at({ kind: 'waiting-for-worker' }), ['worker_missing']],
		['nobody speaks', at({ kind: 'waiting-for-sound' }, false), ['nobody_on_air']],
		['a pause in the speech', at({ kind: 'waiting-for-sound' }, true, 'heard'), []],
		['no ffmpeg', at({ kind: 'waiting-for-sound' }, true, 'no-ffmpeg'), ['ffmpeg_missing']],
		['RTSP away', at({ ...retrying, what: 'sound' }, true, 'nothing'), ['rtsp_away']],
		['provider refuses', at({ ...retrying, what: 'provider' }), ['captions_failing']]
	])('%s', (_name, found, expected) => expect(found).toEqual(expected));
});

it('lets both voices of an agreed handover publish', () => {
	const tom: Seat = { seat: 'tom' as SeatId, person: 'user:tom' as PersonId, name: 'Tom' };
	const handover = { to: tom, deadline: 9, step: 'arriving' } as const;
	const state = booth({ kind: 'handing-over', active: lea, since: 1, handover });
	expect(judgeGhosts(channel({ state, publishers: ['seat:lea', 'seat:tom'] }))).toEqual([]);
	expect(codes(judgeGhosts(channel({ state, publishers: ['seat:max'] })))).toEqual([
		'ghost_publisher'
	]);
});

it('says once what two diagnoses found', () => {
	const found = judgeGhosts(channel({ publishers: ['seat:max'] }));
	const report: Report = { facts: ['a'], findings: found };
	expect(together([report, report])).toEqual({ facts: ['a', 'a'], findings: found });
});
