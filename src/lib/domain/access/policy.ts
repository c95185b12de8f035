import type { ParticipantRole } from '#lib/domain/booth/state.ts';
import type { BoothId, EventId, PersonId, RoomId, UserId } from '#lib/domain/ids.ts';

/** Who may do what. Everything asks for a permission; only this file knows role names. */
export type Role =
	| 'super-admin'
	/** May create events, which they then own; held on the platform. */
	| 'organiser'
	| 'owner'
	| 'coordinator'
	| 'interpreter'
	| 'support'
	| 'listener';

export type Permission =
	| 'event:listen'
	/** Sees the event at the desk and the consoles: programme, rooms, states. */
	| 'event:view'
	/** Rooms, booths, schedule, settings, export, deletion. */
	| 'event:manage'
	/** Members and invites with the whole event as their place. */
	| 'event:people'
	/** How listeners come in: open, join code, invites. */
	| 'event:access'
	| 'event:providers'
	| 'event:audit'
	| 'room:coordinate'
	/** Members and invites of a room and its booths. */
	| 'room:people'
	| 'floor:publish'
	/** Captions of a booth or floor: on or off, provider, model. */
	| 'captions:configure'
	| 'transcript:read'
	| 'transcript:correct'
	| 'booth:view'
	| 'booth:chat'
	| 'booth:interpret'
	| 'booth:coordinate'
	| 'event:create'
	| 'platform:manage';

/** A place in the tree event → room → booth, always loaded by its full path. */
export type Scope = {
	readonly event: EventId;
	readonly room?: RoomId;
	readonly booth?: BoothId;
};

/** A role held at a place covers that place and all below it. */
export type Grant = { readonly role: Role; readonly at: Scope | 'platform' };

/** A person as the server knows them from their session; never from a message. */
export type Actor =
	| { readonly kind: 'anonymous' }
	| {
			/** How they came in; what they may do is in `grants` alone. */
			readonly kind: 'user' | 'guest' | 'admin' | 'listener';
			readonly person: PersonId;
			/** The account, for `user`. */
			readonly user: UserId | null;
			readonly name: string;
			readonly grants: readonly Grant[];
	  };

export const ANONYMOUS: Actor = { kind: 'anonymous' };

const COORDINATES: readonly Permission[] = [
	'event:listen',
	'event:view',
	'room:coordinate',
	'room:people',
	'floor:publish',
	'captions:configure',
	'transcript:read',
	'transcript:correct',
	'booth:view',
	'booth:chat',
	'booth:coordinate'
];

const OWNS: readonly Permission[] = [
	...COORDINATES,
	'event:manage',
	'event:people',
	'event:access',
	'event:providers',
	'event:audit'
];

const PERMISSIONS: Record<Role, readonly Permission[]> = {
	listener: ['event:listen'],
	support: ['event:listen', 'event:view', 'booth:view', 'transcript:read'],
	interpreter: ['event:listen', 'event:view', 'booth:view', 'booth:chat', 'booth:interpret'],
	coordinator: COORDINATES,
	owner: OWNS,
	organiser: ['event:create'],
	'super-admin': [...OWNS, 'event:create', 'platform:manage']
};

/** What a role may do at its place and below it. */
export function permissionsOf(role: Role): readonly Permission[] {
	return PERMISSIONS[role];
}

/** Whether `grant` reaches `scope`: held on the platform, or at the scope or one of its ancestors. */
function covers(grant: Grant, scope: Scope | 'platform'): boolean {
	if (grant.at === 'platform') return true;
	if (scope === 'platform' || grant.at.event !== scope.event) return false;
	if (grant.at.room !== undefined && grant.at.room !== scope.room) return false;
	return grant.at.booth === undefined || grant.at.booth === scope.booth;
}

/** The one question: may `actor` do `permission` at `scope`? Anything not granted is refused. */
export function can(actor: Actor, permission: Permission, scope: Scope | 'platform'): boolean {
	if (actor.kind === 'anonymous') return false;
	return actor.grants.some(
		(grant) => PERMISSIONS[grant.role].includes(permission) && covers(grant, scope)
	);
}

/** Whether `actor` may do `permission` at the event or somewhere in it; for what is the same in all of it. */
export function canSomewhereIn(actor: Actor, permission: Permission, event: EventId): boolean {
	if (actor.kind === 'anonymous') return false;
	return actor.grants.some(
		({ role, at }) =>
			PERMISSIONS[role].includes(permission) && (at === 'platform' || at.event === event)
	);
}

/**
 * What a person is in a booth they enter, or null when they may not enter. Only somebody who was made an
 * interpreter can ever hold its microphone; everyone else watches.
 */
export function boothRole(actor: Actor, scope: Scope): ParticipantRole | null {
	if (can(actor, 'booth:interpret', scope)) return 'interpreter';
	if (can(actor, 'booth:coordinate', scope)) return 'coordinator';
	if (can(actor, 'booth:view', scope)) return 'observer';
	return null;
}
