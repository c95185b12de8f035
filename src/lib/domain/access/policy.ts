import type { BoothId, EventId, PersonId, RoomId, UserId } from '#lib/domain/ids.ts';

/** Who may do what. Everything asks for a permission; only this file knows role names. */
export type Role = 'super-admin' | 'owner' | 'coordinator' | 'interpreter' | 'support' | 'listener';

export type Permission =
	| 'event:listen'
	| 'event:view'
	| 'event:manage'
	| 'room:coordinate'
	| 'floor:publish'
	| 'booth:view'
	| 'booth:chat'
	| 'booth:interpret'
	| 'booth:coordinate'
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
			readonly kind: 'user';
			readonly person: PersonId;
			readonly user: UserId;
			readonly name: string;
			readonly grants: readonly Grant[];
	  }
	| {
			readonly kind: 'guest';
			readonly person: PersonId;
			readonly name: string;
			readonly grants: readonly Grant[];
	  }
	/** Signed in with the shared admin password; first-time set-up. */
	| { readonly kind: 'admin'; readonly person: PersonId; readonly name: string };

const PERMISSIONS: Record<Role, readonly Permission[]> = {
	listener: ['event:listen'],
	support: ['event:listen', 'event:view', 'booth:view'],
	interpreter: ['event:listen', 'event:view', 'booth:view', 'booth:chat', 'booth:interpret'],
	coordinator: [
		'event:listen',
		'event:view',
		'room:coordinate',
		'floor:publish',
		'booth:view',
		'booth:chat',
		'booth:interpret',
		'booth:coordinate'
	],
	owner: [
		'event:listen',
		'event:view',
		'event:manage',
		'room:coordinate',
		'floor:publish',
		'booth:view',
		'booth:chat',
		'booth:interpret',
		'booth:coordinate'
	],
	'super-admin': [
		'event:listen',
		'event:view',
		'event:manage',
		'room:coordinate',
		'floor:publish',
		'booth:view',
		'booth:chat',
		'booth:interpret',
		'booth:coordinate',
		'platform:manage'
	]
};

/** Whether `grant` reaches `scope`: held on the platform, or at the scope or one of its ancestors. */
function covers(grant: Grant, scope: Scope | 'platform'): boolean {
	if (grant.at === 'platform') return true;
	if (scope === 'platform' || grant.at.event !== scope.event) return false;
	if (grant.at.room !== undefined && grant.at.room !== scope.room) return false;
	return grant.at.booth === undefined || grant.at.booth === scope.booth;
}

/** The one question: may `actor` do `permission` at `scope`? Anything not granted is refused. */
export function can(actor: Actor, permission: Permission, scope: Scope | 'platform'): boolean {
	switch (actor.kind) {
		case 'anonymous':
			return false;
		case 'admin':
			return PERMISSIONS['super-admin'].includes(permission);
		case 'user':
		case 'guest':
			return actor.grants.some(
				(grant) => PERMISSIONS[grant.role].includes(permission) && covers(grant, scope)
			);
	}
}
