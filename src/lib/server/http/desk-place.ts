import { error, redirect } from '@sveltejs/kit';
import { can, canSomewhereIn, type Actor, type Permission } from '#lib/domain/access/policy.ts';
import { boothId, roomId } from '#lib/domain/ids.ts';
import type { App } from '../app.ts';
import type { By } from '../events/changes.ts';
import type { FoundBooth, FoundEvent, FoundRoom } from '../events/events.ts';

/**
 * How the desk's pages and form actions reach a place: always by its full path event → room → booth, always with
 * the permission they need. A place that does not exist, that belongs elsewhere, or in whose event the person sees
 * nothing at all is 404 with the same words; one they see but may not change is 403; somebody who is not signed in
 * is sent to sign in and comes back.
 */
export type DeskRequest = {
	readonly locals: { readonly app: App; readonly actor: Actor };
	readonly url: URL;
	readonly request: Request;
};

export type SignedIn = Exclude<Actor, { kind: 'anonymous' }>;

/** @throws redirect to the sign-in page for strangers and listeners. */
export function signedIn({ locals: { actor }, url, request }: DeskRequest): SignedIn {
	if (actor.kind !== 'anonymous' && actor.kind !== 'listener') return actor;
	// A form that was sent after signing out: the page it stands on is where to come back to.
	const back = request.method === 'GET' ? url.pathname + url.search : url.pathname;
	redirect(303, `/login?next=${encodeURIComponent(back)}`);
}

/** For what belongs to no event: making one, accounts. @throws redirect, 403 */
export function deskPlatform(request: DeskRequest, permission: Permission): SignedIn {
	const actor = signedIn(request);
	if (!can(actor, permission, 'platform')) forbidden();
	return actor;
}

/**
 * @param where `event`: the permission is needed for the whole event · `somewhere`: at one place in it is enough,
 * for a page that itself shows each person what is theirs
 * @throws redirect, 404, 403
 */
export async function deskEvent(
	request: DeskRequest,
	slug: string,
	permission: Permission,
	where: 'event' | 'somewhere' = 'event'
): Promise<FoundEvent> {
	const actor = signedIn(request);
	const found = await request.locals.app.events.event(slug);
	if (!found.ok || !canSomewhereIn(actor, 'event:view', found.value.id)) notFound();
	const event = found.value;
	const may =
		where === 'event'
			? can(actor, permission, event.scope)
			: canSomewhereIn(actor, permission, event.id);
	if (!may) forbidden();
	return event;
}

/** @throws redirect, 404, 403 */
export async function deskRoom(
	request: DeskRequest,
	place: { event: string; room: string },
	permission: Permission
): Promise<FoundRoom> {
	const actor = signedIn(request);
	const found = await request.locals.app.events.room(place.event, place.room);
	if (!found.ok || !canSomewhereIn(actor, 'event:view', found.value.event.id)) notFound();
	if (!can(actor, permission, found.value.scope)) forbidden();
	return found.value;
}

/** A room named by its id in a form; one of another event is not found. @throws redirect, 404, 403 */
export async function deskRoomById(
	request: DeskRequest,
	place: { event: string; room: unknown },
	permission: Permission
): Promise<FoundRoom> {
	const actor = signedIn(request);
	const { events } = request.locals.app;
	const event = await events.event(place.event);
	if (!event.ok || !canSomewhereIn(actor, 'event:view', event.value.id)) notFound();
	const wanted = idFrom(place.room, roomId);
	const found = (await events.rooms(event.value.id)).find(({ room }) => room.id === wanted);
	if (found === undefined) notFound();
	if (!can(actor, permission, found.scope)) forbidden();
	return found;
}

/** A booth named by its id in a form; one of another room or event is not found. @throws redirect, 404, 403 */
export async function deskBooth(
	request: DeskRequest,
	place: { event: string; room: string; booth: unknown },
	permission: Permission
): Promise<FoundBooth> {
	const room = await deskRoom(request, place, 'event:view');
	const id = idFrom(place.booth, boothId);
	const found = id === null ? null : await request.locals.app.events.boothById(id);
	if (!found?.ok || found.value.room.id !== room.room.id) notFound();
	if (!can(request.locals.actor, permission, found.value.scope)) forbidden();
	return found.value;
}

const MAX_ID = 2 ** 31 - 1;

/** A database id as a form or address gives it; null for anything else. */
export function idFrom<Id>(text: unknown, brand: (n: number) => Id): Id | null {
	if (typeof text !== 'string' || !/^[1-9]\d{0,9}$/.test(text)) return null;
	const id = Number(text);
	return id > MAX_ID ? null : brand(id);
}

export function notFound(): never {
	error(404, { code: 'not_found', message: 'There is no such event, room or booth.' });
}

export function forbidden(): never {
	error(403, { code: 'not_allowed', message: 'You may not do this here.' });
}

/** Who acts and from where, for the record of changes. */
export function by({
	locals,
	getClientAddress
}: Pick<DeskRequest, 'locals'> & { readonly getClientAddress: () => string }): By {
	return { actor: locals.actor, address: getClientAddress() };
}

/** A text field of a form, cut to what any column could take; files and missing fields are empty. */
export function field(form: FormData, name: string, maxLength = 20_000): string {
	const value = form.get(name);
	return typeof value === 'string' ? value.slice(0, maxLength) : '';
}
