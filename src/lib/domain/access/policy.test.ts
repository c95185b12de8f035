import { describe, expect, it } from 'vitest';
import { boothId, eventId, personId, roomId } from '#lib/domain/ids.ts';
import { ANONYMOUS, boothRole, can, type Actor, type Grant } from './policy.ts';

const booth = { event: eventId(1), room: roomId(10), booth: boothId(100) };
const boothmate = { ...booth, booth: boothId(101) };
const otherRoom = { event: eventId(1), room: roomId(11), booth: boothId(110) };
const otherEvent = { event: eventId(2), room: roomId(20), booth: boothId(200) };

const holding = (...grants: Grant[]): Actor => ({
	kind: 'guest',
	person: personId('guest:1'),
	user: null,
	name: 'Ana',
	grants
});

describe('a role covers its place and what is below it', () => {
	it.each<[Grant, boolean[]]>([
		[{ role: 'interpreter', at: booth }, [true, false, false, false]],
		[
			{ role: 'coordinator', at: { event: eventId(1), room: roomId(10) } },
			[true, true, false, false]
		],
		[{ role: 'owner', at: { event: eventId(1) } }, [true, true, true, false]],
		[{ role: 'super-admin', at: 'platform' }, [true, true, true, true]],
		[{ role: 'listener', at: { event: eventId(1) } }, [false, false, false, false]]
	])('%o sees %o of: its booth, the next, another room, another event', (grant, expected) => {
		const seen = [booth, boothmate, otherRoom, otherEvent].map((scope) =>
			can(holding(grant), 'booth:view', scope)
		);
		expect(seen).toEqual(expected);
	});
});

describe('what a person is in a booth', () => {
	it.each<[Actor, string | null]>([
		[ANONYMOUS, null],
		[holding({ role: 'interpreter', at: booth }), 'interpreter'],
		[holding({ role: 'owner', at: { event: eventId(1) } }), 'coordinator'],
		[holding({ role: 'support', at: { event: eventId(1) } }), 'observer'],
		[holding({ role: 'listener', at: { event: eventId(1) } }), null],
		[
			holding({ role: 'owner', at: { event: eventId(1) } }, { role: 'interpreter', at: booth }),
			'interpreter'
		]
	])('%o is %s', (actor, role) => expect(boothRole(actor, booth)).toBe(role));
});

it('nobody but the platform itself manages the platform', () => {
	expect(
		can(holding({ role: 'owner', at: { event: eventId(1) } }), 'platform:manage', 'platform')
	).toBe(false);
	expect(can(holding({ role: 'super-admin', at: 'platform' }), 'platform:manage', 'platform')).toBe(
		true
	);
});
