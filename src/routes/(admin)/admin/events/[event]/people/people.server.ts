import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { grantableRoles, MEMBER_ROLES } from '#lib/domain/access/granting.ts';
import type { Actor } from '#lib/domain/access/policy.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import type { Place, Places } from '#lib/server/people/places.ts';

/** Roles as forms send them; whether somebody may give one is asked afterwards. */
export const ROLE = z.enum(MEMBER_ROLES);

/** The event, for somebody who says who belongs to it or to one of its rooms. @throws redirect, 403, 404 */
export function peopleOf(request: RequestEvent<{ event: string }>) {
	return deskEvent(request, request.params.event, 'room:people', 'somewhere');
}

/** A place as a table or a choice shows it. */
export function named(
	place: Place | null
): { room: string | null; language: string | null } | null {
	return place && { room: place.room?.name ?? null, language: place.language };
}

/** Where the actor may make somebody something, and what. */
export function grantsOf(actor: Actor, places: Places) {
	return places.all.flatMap((place) => {
		const roles = grantableRoles(actor, place.scope);
		return roles.length === 0 ? [] : [{ key: place.key, ...named(place), roles }];
	});
}
