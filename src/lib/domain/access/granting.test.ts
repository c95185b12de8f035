import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boothId, eventId, personId, roomId } from '#lib/domain/ids.ts';
import { grantableRoles, keepsAnOwner, mayGrant } from './granting.ts';
import {
	ANONYMOUS,
	can,
	permissionsOf,
	type Actor,
	type Grant,
	type Permission,
	type Role,
	type Scope
} from './policy.ts';

const EVENT: Scope = { event: eventId(1) };
const ROOM: Scope = { ...EVENT, room: roomId(10) };
const BOOTH: Scope = { ...ROOM, booth: boothId(100) };
const OTHER_ROOM: Scope = { ...EVENT, room: roomId(11) };
const OTHER_BOOTH: Scope = { ...OTHER_ROOM, booth: boothId(110) };
const FOREIGN: Scope = { event: eventId(2) };
const FOREIGN_ROOM: Scope = { ...FOREIGN, room: roomId(20) };
const SCOPES = [EVENT, ROOM, BOOTH, OTHER_ROOM, OTHER_BOOTH, FOREIGN, FOREIGN_ROOM];
const PLACES = [...SCOPES, 'platform'] as const;
const ROLES: Role[] = [
	...(['super-admin', 'organiser', 'owner', 'coordinator'] as const),
	...(['interpreter', 'support', 'listener'] as const)
];

const holding = (...grants: Grant[]): Actor => ({
	kind: 'user',
	person: personId('user:1'),
	user: null,
	name: 'Ana',
	grants
});

describe('what a person may give', () => {
	const everything = ['owner', 'coordinator', 'interpreter', 'support', 'listener'];
	it.each<[string, Grant, Record<string, string[]>]>([
		[
			'super admin',
			{ role: 'super-admin', at: 'platform' },
			{
				event: everything,
				room: ['coordinator', 'interpreter', 'support'],
				booth: ['interpreter'],
				foreign: everything
			}
		],
		[
			'owner',
			{ role: 'owner', at: EVENT },
			{
				event: everything,
				room: ['coordinator', 'interpreter', 'support'],
				booth: ['interpreter'],
				foreign: []
			}
		],
		[
			'coordinator of the room',
			{ role: 'coordinator', at: ROOM },
			{
				event: [],
				room: ['coordinator', 'interpreter', 'support'],
				booth: ['interpreter'],
				foreign: []
			}
		],
		[
			'coordinator of another room',
			{ role: 'coordinator', at: OTHER_ROOM },
			{ event: [], room: [], booth: [], foreign: [] }
		],
		...(['interpreter', 'support', 'listener', 'organiser'] as const).map(
			(role): [string, Grant, Record<string, string[]>] => [
				role,
				{ role, at: EVENT },
				{ event: [], room: [], booth: [], foreign: [] }
			]
		)
	])('%s', (_, grant, expected) => {
		const actor = holding(grant);
		expect({
			event: grantableRoles(actor, EVENT),
			room: grantableRoles(actor, ROOM),
			booth: grantableRoles(actor, BOOTH),
			foreign: grantableRoles(actor, FOREIGN)
		}).toEqual(expected);
	});

	it('an event-wide coordinator makes coordinators, and no owners', () => {
		const actor = holding({ role: 'coordinator', at: EVENT });
		// They run the rooms; who belongs to the whole event is the owners' affair.
		expect(grantableRoles(actor, EVENT)).toEqual([]);
		expect(grantableRoles(actor, OTHER_ROOM)).toContain('coordinator');
	});

	it('nobody makes a super admin but a super admin, and never at a place', () => {
		expect(mayGrant(holding({ role: 'owner', at: EVENT }), 'super-admin', 'platform')).toBe(false);
		const admin = holding({ role: 'super-admin', at: 'platform' });
		expect(mayGrant(admin, 'super-admin', 'platform')).toBe(true);
		for (const scope of SCOPES) expect(mayGrant(admin, 'super-admin', scope)).toBe(false);
	});

	it('an unknown person gives nothing', () => {
		for (const role of ROLES)
			for (const place of PLACES) expect(mayGrant(ANONYMOUS, role, place)).toBe(false);
	});
});

const anyRole = fc.constantFrom(...ROLES);
const anyPlace = fc.constantFrom(...PLACES);
const anyGrant: fc.Arbitrary<Grant> = fc.record({ role: anyRole, at: anyPlace });
const PERMISSIONS = [...new Set(ROLES.flatMap((role) => permissionsOf(role)))];

/** Every permission at every place that one of these people has or could hand on. */
function reach(people: readonly Actor[]): Set<string> {
	const held = (permission: Permission, place: Scope | 'platform') =>
		people.some(
			(actor) =>
				can(actor, permission, place) ||
				(permission === 'booth:interpret' && can(actor, 'booth:coordinate', place))
		);
	return new Set(
		PERMISSIONS.flatMap((permission) =>
			PLACES.filter((place) => held(permission, place)).map(
				(place) => `${permission} ${JSON.stringify(place)}`
			)
		)
	);
}

it('no sequence of grants gives anybody a permission that their granter could not hand on', () => {
	let granted = 0;
	fc.assert(
		fc.property(
			fc.constantFrom('super-admin' as const, 'owner' as const, 'coordinator' as const),
			fc.array(fc.array(anyGrant, { maxLength: 2 }), { minLength: 2, maxLength: 4 }),
			fc.array(fc.tuple(fc.nat(3), fc.nat(3), anyGrant), { maxLength: 30 }),
			(first, others, steps) => {
				const at = first === 'super-admin' ? 'platform' : first === 'owner' ? EVENT : ROOM;
				const strong: Grant = { role: first, at };
				const start = [[strong], ...others];
				const people = start.map((grants) => holding(...grants));
				const before = reach(people);
				for (const [by, to, grant] of steps) {
					const granter = people[by % people.length] ?? ANONYMOUS;
					const taker = people[to % people.length] ?? ANONYMOUS;
					if (taker.kind === 'anonymous' || !mayGrant(granter, grant.role, grant.at)) continue;
					granted += 1;
					const own = reach([granter]);
					for (const gained of reach([holding(grant)])) expect(own).toContain(gained);
					people[to % people.length] = holding(...taker.grants, grant);
				}
				// All together never come to more than somebody had at the beginning.
				expect([...reach(people)].filter((each) => !before.has(each))).toEqual([]);
			}
		),
		{ numRuns: 300 }
	);
	expect(granted).toBeGreaterThan(100);
});

describe('the last owner', () => {
	it.each([
		['leaves', null],
		['becomes coordinator', 'coordinator']
	] as const)('cannot go: %s', (_, after) => {
		const alone = [{ who: 'ana', role: 'owner', active: true }] as const;
		expect(keepsAnOwner(alone, 'ana', after)).toMatchObject({ error: { code: 'last_owner' } });
		const asleep = [...alone, { who: 'ben', role: 'owner', active: false }] as const;
		expect(keepsAnOwner(asleep, 'ana', after)).toMatchObject({ error: { code: 'last_owner' } });
	});

	it('no sequence of leaving and changing leaves an event without an owner', () => {
		const who = fc.constantFrom('ana', 'ben', 'cem', 'dan');
		const after = fc.option(anyRole, { nil: null });
		fc.assert(
			fc.property(fc.array(fc.tuple(who, after), { maxLength: 40 }), (steps) => {
				let members: { who: string; role: Role; active: boolean }[] = [
					{ who: 'ana', role: 'owner', active: true },
					{ who: 'ben', role: 'owner', active: true },
					{ who: 'cem', role: 'owner', active: false },
					{ who: 'dan', role: 'interpreter', active: true }
				];
				for (const [person, role] of steps) {
					if (!keepsAnOwner(members, person, role).ok) continue;
					members = members.flatMap((one) => {
						if (one.who !== person) return [one];
						return role === null ? [] : [{ ...one, role }];
					});
				}
				expect(members.some(({ role, active }) => role === 'owner' && active)).toBe(true);
			})
		);
	});
});
