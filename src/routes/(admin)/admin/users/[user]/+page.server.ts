import { error, fail, type RequestEvent } from '@sveltejs/kit';
import { deviceOf } from '#lib/domain/access/device.ts';
import type { By } from '#lib/server/accounts/directory.ts';
import type { UserRow } from '#lib/server/accounts/user-list.ts';
import { deskPlatform } from '#lib/server/http/desk-place.ts';
import type { Result } from '#lib/domain/result.ts';
import type { Actions, PageServerLoad, RouteParams } from './$types';

type Request = RequestEvent<RouteParams>;

/** The account of the address, for those who may manage the platform. @throws redirect, 403, 404 */
async function managed(event: Request): Promise<{ user: UserRow; by: By }> {
	const actor = deskPlatform(event, 'platform:manage');
	const found = await event.locals.app.accounts.directory.user(event.params.user);
	if (!found.ok) error(404, { code: 'not_found', message: 'There is no such account.' });
	return { user: found.value, by: { actor, address: event.getClientAddress() } };
}

export const load: PageServerLoad = async (event) => {
	const { user, by } = await managed(event);
	const { directory } = event.locals.app.accounts;
	const [sessions, memberships] = await Promise.all([
		directory.sessions(user.id),
		directory.memberships(user.id)
	]);
	return {
		user: { ...user, createdAt: user.createdAt.getTime(), seenAt: user.seenAt?.getTime() ?? null },
		isYou: by.actor.kind !== 'anonymous' && by.actor.user === user.id,
		mailIsOn: event.locals.app.mail.isOn,
		memberships,
		sessions: sessions.map(({ handle, device, address, startedAt, seenAt }) => ({
			...{ handle, address, device: deviceOf(device) },
			startedAt: startedAt.getTime(),
			seenAt: seenAt.getTime()
		}))
	};
};

const DONE = { refusal: null as string | null, invited: null as null | Invited };
type Invited = { readonly link: string | null; readonly mailFailed: boolean };

const answerOf = (result: Result<unknown>) =>
	result.ok ? DONE : fail(400, { ...DONE, refusal: result.error.code });

async function invite(event: Request, way: 'mail' | 'link') {
	const { user, by } = await managed(event);
	const { directory } = event.locals.app.accounts;
	const { link } = await directory.invite(user, way, event.locals.locale, by);
	return { ...DONE, invited: { link, mailFailed: way === 'mail' && link !== null } };
}

export const actions: Actions = {
	deactivate: async (event) => {
		const { user, by } = await managed(event);
		return answerOf(await event.locals.app.accounts.directory.setActive(user, false, by));
	},
	reactivate: async (event) => {
		const { user, by } = await managed(event);
		return answerOf(await event.locals.app.accounts.directory.setActive(user, true, by));
	},
	makeAdmin: async (event) => {
		const { user, by } = await managed(event);
		return answerOf(await event.locals.app.accounts.directory.setAdmin(user, true, by));
	},
	unmakeAdmin: async (event) => {
		const { user, by } = await managed(event);
		return answerOf(await event.locals.app.accounts.directory.setAdmin(user, false, by));
	},
	allowCreate: async (event) => {
		const { user, by } = await managed(event);
		await event.locals.app.accounts.directory.setMayCreateEvents(user, true, by);
		return DONE;
	},
	forbidCreate: async (event) => {
		const { user, by } = await managed(event);
		await event.locals.app.accounts.directory.setMayCreateEvents(user, false, by);
		return DONE;
	},
	endSessions: async (event) => {
		const { user, by } = await managed(event);
		await event.locals.app.accounts.directory.endSessions(user, by);
		return DONE;
	},
	secondFactorOff: async (event) => {
		const { user, by } = await managed(event);
		await event.locals.app.accounts.directory.secondFactorOff(user, by);
		return DONE;
	},
	inviteMail: (event) => invite(event, 'mail'),
	inviteLink: (event) => invite(event, 'link')
};
