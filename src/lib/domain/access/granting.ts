import { ok, refuse, type Result } from '#lib/domain/result.ts';
import {
	can,
	permissionsOf,
	type Actor,
	type Permission,
	type Role,
	type Scope
} from './policy.ts';

/** Roles that a member or an invitation of an event can have. */
export type MemberRole = Extract<
	Role,
	'owner' | 'coordinator' | 'interpreter' | 'support' | 'listener'
>;

/** Which part of the tree a scope names. */
export type Level = 'event' | 'room' | 'booth';

export function levelOf(scope: Scope): Level {
	if (scope.booth !== undefined) return 'booth';
	return scope.room === undefined ? 'event' : 'room';
}

/** Where a role makes sense: one owns an event, not a booth. */
const PLACES: Readonly<Record<Role, readonly (Level | 'platform')[]>> = {
	'super-admin': ['platform'],
	organiser: ['platform'],
	owner: ['event'],
	coordinator: ['event', 'room'],
	interpreter: ['event', 'room', 'booth'],
	support: ['event', 'room'],
	listener: ['event']
};

/** All of them: what may stand in a row of memberships or invites. Super admin is an attribute of the account. */
export const MEMBER_ROLES: readonly MemberRole[] = [
	'owner',
	'coordinator',
	'interpreter',
	'support',
	'listener'
];

/** What somebody must hold to say who belongs to a place. */
function neededToGrantAt(scope: Scope | 'platform'): Permission {
	if (scope === 'platform') return 'platform:manage';
	return levelOf(scope) === 'event' ? 'event:people' : 'room:people';
}

/**
 * Whether somebody may hand `permission` on at `scope`: what they hold, and the microphone right as the one
 * who runs the booth. Owners do not speak in a booth themselves unless somebody made them interpreters, but it
 * is they who choose the interpreters.
 */
function mayHandOn(actor: Actor, permission: Permission, scope: Scope | 'platform'): boolean {
	if (can(actor, permission, scope)) return true;
	return permission === 'booth:interpret' && can(actor, 'booth:coordinate', scope);
}

/** Nobody grants more than they have at that very place. The same rule decides who may take a role away. */
export function mayGrant(actor: Actor, role: Role, scope: Scope | 'platform'): boolean {
	const level = scope === 'platform' ? scope : levelOf(scope);
	return (
		PLACES[role].includes(level) &&
		can(actor, neededToGrantAt(scope), scope) &&
		permissionsOf(role).every((permission) => mayHandOn(actor, permission, scope))
	);
}

/** The roles somebody may give at a place, the widest first; empty for one who may give none. */
export function grantableRoles(actor: Actor, scope: Scope): readonly MemberRole[] {
	return MEMBER_ROLES.filter((role) => mayGrant(actor, role, scope));
}

/** A member as the rule about owners sees them: deactivated accounts own nothing. */
export type Holder<Id> = { readonly who: Id; readonly role: Role; readonly active: boolean };

/**
 * An event is never left without somebody who can sign in and owns it. `members` are those of the whole event;
 * `after` is the role `who` has then, null when they leave. Holds for super admins too: they make another
 * owner first.
 */
export function keepsAnOwner<Id>(
	members: readonly Holder<Id>[],
	who: Id,
	after: Role | null
): Result<null, 'last_owner'> {
	const owners = members.filter(({ role, active }) => role === 'owner' && active);
	const isTheirs = owners.some((owner) => owner.who === who);
	if (!isTheirs || after === 'owner' || owners.length > 1) return ok(null);
	return refuse(
		'last_owner',
		'This is the last owner of the event. Make somebody else owner first.'
	);
}
