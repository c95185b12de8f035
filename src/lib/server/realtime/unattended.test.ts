import { expect, test } from 'vitest';
import { ANONYMOUS, type Actor } from '#lib/domain/access/policy.ts';
import { boothId, eventId, personId, roomId, userId } from '#lib/domain/ids.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import { floorPath } from '#lib/domain/media-path.ts';
import { ok, refuse } from '#lib/domain/result.ts';
import type { FoundBooth } from '../events/events.ts';
import { createLog } from '../log.ts';
import type { PathStatus } from '../media/media-server.ts';
import { createUnattended } from './unattended.ts';

const path = floorPath('conf', null);
const user = userId('ana');
const person = personId(`user:${user}`);
const event = eventId(1);
const scope = { event, room: roomId(2), booth: boothId(3) };

/** A floor that is on air by `holder`, whose rights are what `actor` says. */
function floorOnAir(actor: Actor | null, { language = FLOOR as LanguageCode | typeof FLOOR } = {}) {
	const kicked: string[] = [];
	const at = language === FLOOR ? path : 'conf/fr';
	const status: PathStatus = {
		...{ path: at as typeof path, online: true, sourceId: 's1', readers: 0, inboundBytes: 1 },
		levelDb: null
	};
	const unattended = createUnattended({
		auth: { actorOf: () => Promise.resolve(actor) },
		booths: {
			command: () => Promise.reject(new Error('none')),
			known: { get: () => null as never, all: () => new Map() }
		},
		events: {
			booth: () =>
				Promise.resolve(
					ok({
						event: { id: event },
						booth: { id: scope.booth, language },
						path,
						scope
					} as FoundBooth)
				),
			boothById: () => Promise.resolve(refuse('not_found', ''))
		},
		media: {
			listPaths: () => Promise.resolve([status]),
			session: () =>
				Promise.resolve({
					...{ sessionId: 's1', path, user: `floor:${person}` },
					...{ inboundBytes: 1, packets: 1, packetsLost: 0, jitterMs: null }
				}),
			kick: (session) => {
				kicked.push(session);
				return Promise.resolve(true);
			}
		},
		reconciler: {
			ingest: () => ({ status: 'connected', listeners: null }),
			onIngest: () => () => undefined
		},
		log: createLog('silent')
	});
	return { unattended, kicked };
}

const may: Actor = {
	...{ kind: 'user', person, user, name: 'Ana' },
	grants: [{ role: 'coordinator', at: { event } }]
};
const isAna = (actor: Actor) => actor.kind !== 'anonymous' && actor.person === person;

test.each([
	['who may still send it', may, { user }, []],
	['whose sessions were all ended', may, { sessionsOf: user }, ['s1']],
	['whose account is off', ANONYMOUS, { user }, ['s1']],
	['who lost the role', { ...may, grants: [] }, { user }, ['s1']],
	['of the shared admin password, known to its cookie alone', null, { user }, []]
] as const)('a floor is ended or kept: somebody %s', async (_who, actor, change, expected) => {
	const { unattended, kicked } = floorOnAir(actor);
	await unattended.recheck(isAna, change);
	expect(kicked).toEqual(expected);
});

test('somebody else’s floor is left alone', async () => {
	const { unattended, kicked } = floorOnAir({ ...may, grants: [] });
	await unattended.recheck(() => false, { user });
	expect(kicked).toEqual([]);
});

test('the voice of a booth is the reconciler’s affair', async () => {
	const { unattended, kicked } = floorOnAir(ANONYMOUS, { language: 'fr' as LanguageCode });
	await unattended.recheck(isAna, { user });
	expect(kicked).toEqual([]);
});
