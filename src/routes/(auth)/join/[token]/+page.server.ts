import { fail, redirect } from '@sveltejs/kit';
import type { Actor } from '#lib/domain/access/policy.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import type { App } from '#lib/server/app.ts';
import { attemptKey } from '#lib/server/auth/attempts.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import type { InviteInfo } from '#lib/server/auth/invites.ts';
import { boothId, eventId, roomId } from '#lib/domain/ids.ts';
import { addressForCookies, setCredential } from '#lib/server/http/cookies.ts';
import { scopeOf } from '#lib/server/people/places.ts';
import type { Actions, PageServerLoad } from './$types';

const NAME_MAX_LENGTH = 200;

/** Shows what the link is for and uses nothing up: mail scanners and previews follow links. */
export const load: PageServerLoad = async ({
	locals,
	params,
	url,
	setHeaders,
	getClientAddress
}) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	const { auth, attempts, env } = locals.app;
	const invite = await attempts.invite.guard(attemptKey(getClientAddress()), () =>
		auth.invites.describe(params.token)
	);
	if (!invite.ok) return { refusal: invite.error, invite: null, account: null };
	const place = await placeOf(locals.app, invite.value);
	return {
		refusal: null,
		/** The account that would accept it; a guest has none and says a name instead. */
		account: locals.actor.kind === 'user' ? locals.actor.name : null,
		signInAt: `/login?next=${encodeURIComponent(url.pathname)}`,
		invite: {
			role: invite.value.role,
			label: invite.value.label,
			expiresAt: invite.value.expiresAt.getTime(),
			event: place.event,
			room: place.room,
			language: place.language
		},
		openInstead: addressForCookies({ url, publicBaseUrl: env.PUBLIC_BASE_URL })
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params, cookies, url, getClientAddress }) => {
		const { auth, attempts, audit, env } = locals.app;
		const { actor } = locals;
		const address = getClientAddress();
		if (actor.kind === 'user' && actor.user !== null) {
			const { user, name } = actor;
			const accepted = await attempts.invite.guard(attemptKey(address), () =>
				auth.invites.accept(params.token, user, name)
			);
			if (!accepted.ok) return fail(400, { name: '', problem: null, refusal: accepted.error });
			await audit.record({ actor, address, ...acceptance(accepted.value) });
			redirect(303, (await placeOf(locals.app, accepted.value)).address);
		}

		const name = String((await request.formData()).get('name') ?? '').trim();
		if (name === '') return fail(400, { name, problem: 'missing' as const, refusal: null });
		if (name.length > NAME_MAX_LENGTH)
			return fail(400, { name, problem: 'long' as const, refusal: null });
		const answer = await attempts.invite.guard(attemptKey(address), () =>
			auth.invites.redeem(params.token, name)
		);
		if (!answer.ok) return fail(400, { name, problem: null, refusal: answer.error });
		const { cookie, invite, person } = answer.value;
		const guest: Actor = { kind: 'guest', person, user: null, name, grants: [] };
		await audit.record({ actor: guest, address, ...acceptance(invite) });
		setCredential(
			cookies,
			{ url, publicBaseUrl: env.PUBLIC_BASE_URL },
			{
				name: COOKIES.guest,
				value: cookie,
				maxAgeS: Math.max(0, Math.floor((invite.expiresAt.getTime() - Date.now()) / 1000))
			}
		);
		redirect(303, (await placeOf(locals.app, invite)).address);
	}
};

function acceptance(invite: InviteInfo) {
	return {
		action: 'invite.accepted' as const,
		scope: scopeOf(eventId(invite.event), invite.room, invite.booth),
		target: invite.label,
		details: { role: invite.role }
	};
}

type Place = {
	readonly event: string;
	readonly room: string | null;
	readonly language: LanguageCode | null;
	/** The page this invitation is for. */
	readonly address: string;
};

/** Booth → its console, room of a coordinator → its floor page, anything wider → the listener page. */
async function placeOf({ events }: App, invite: InviteInfo): Promise<Place> {
	if (invite.booth !== null) {
		const found = await events.boothById(boothId(invite.booth));
		if (found.ok) {
			const { event, room, booth } = found.value;
			const at = room.main ? event.slug : `${event.slug}/${room.slug}`;
			const isFloor = booth.language === FLOOR;
			return {
				event: event.name,
				room: room.name,
				language: booth.language,
				address: isFloor ? `/floor/${at}` : `/interpreter/${at}/${booth.language}`
			};
		}
	}
	const event = (await events.all()).find(({ id }) => id === eventId(invite.event));
	if (!event) return { event: '', room: null, language: null, address: '/' };
	if (invite.role === 'owner')
		return {
			...{ event: event.name, room: null, language: null },
			address: `/admin/events/${event.slug}`
		};
	const rooms = await events.rooms(event.id);
	const room = rooms.find(({ room }) =>
		invite.room === null ? room.main : room.id === roomId(invite.room)
	)?.room;
	const at = room && !room.main ? `${event.slug}/${room.slug}` : event.slug;
	return {
		event: event.name,
		room: invite.room === null ? null : (room?.name ?? null),
		language: null,
		address: invite.role === 'coordinator' ? `/floor/${at}` : `/listener/${at}`
	};
}
