import { eq } from 'drizzle-orm';
import { userId } from '#lib/domain/ids.ts';
import type { App } from '#lib/server/app.ts';
import { events, invites, memberships, segments } from '#lib/server/db/schema.ts';
import type { Place } from './place.ts';

type Form = Record<string, string>;

/**
 * What people send with an act, naming things of a place: valid where the address is of the same place. Sent to
 * another event's address it must find nothing, whoever sends it. Acts that are not here get an empty form.
 */
export const FORMS: Readonly<Record<string, (place: Place, app: App) => Form | Promise<Form>>> = {
	'action /admin/events/[event]/people?/add': ({ booth }) => ({
		...{ email: 'new@example.org', role: 'interpreter', place: `booth:${booth}` }
	}),
	'action /admin/events/[event]/people?/change': async (place, app) => ({
		...{ member: await newMember(app, place), role: 'interpreter' }
	}),
	'action /admin/events/[event]/people?/remove': async (place, app) => ({
		member: await newMember(app, place)
	}),
	'action /admin/events/[event]/people/invites?/make': ({ booth }) => ({
		...{ role: 'interpreter', place: `booth:${booth}`, label: 'Léa', days: '3', uses: 'once' }
	}),
	'action /admin/events/[event]/people/invites?/remake': async (place, app) => ({
		invite: await newInvite(app, place)
	}),
	'action /admin/events/[event]/people/invites?/revoke': async (place, app) => ({
		invite: await newInvite(app, place)
	}),
	'action /admin/events/[event]/listeners?/consent': ({ booth }) => ({
		...{ booth: `${booth}`, consents: 'yes' }
	}),
	'action /admin/events/deleted?/restore': async (place, app) => {
		await app.db.update(events).set({ deletedAt: new Date() }).where(eq(events.id, place.eventId));
		return { event: `${place.eventId}` };
	},
	'action /admin/events/[event]/rooms?/move': ({ roomId }) => ({ room: `${roomId}`, way: 'up' }),
	'action /admin/events/[event]/rooms/[room]?/move': ({ booth }) => ({
		...{ booth: `${booth}`, way: 'up' }
	}),
	'action /admin/events/[event]/transcripts/[channel]?/correct': async (place, app) => ({
		...{ seq: await newSegment(app, place), base: '1', text: 'better', speaker: '' }
	})
};

async function newMember(app: App, { eventId, roomId, booth }: Place): Promise<string> {
	const email = `${crypto.randomUUID()}@example.org`;
	const user = await app.auth.createAccount({ email, name: 'M', password: null });
	if (!user.ok) throw new Error(user.error.code);
	const [row] = await app.db
		.insert(memberships)
		.values({
			...{ userId: userId(user.value), eventId, roomId, boothId: booth, role: 'interpreter' }
		})
		.returning();
	return String(row?.id);
}

async function newInvite(app: App, { eventId, roomId, booth }: Place): Promise<string> {
	const [row] = await app.db
		.insert(invites)
		.values({
			...{ tokenHash: crypto.randomUUID(), eventId, roomId, boothId: booth },
			...{ role: 'interpreter', expiresAt: new Date(Date.now() + 86_400_000) }
		})
		.returning();
	return row?.id ?? '';
}

let lastSeq = 0;
async function newSegment(app: App, { eventId, booth }: Place): Promise<string> {
	lastSeq += 1;
	const at = new Date();
	await app.db.insert(segments).values({
		...{ id: crypto.randomUUID(), key: `k${lastSeq}`, eventId, boothId: booth, seq: lastSeq },
		...{ language: 'fr', text: 'said', startedAt: at, endedAt: at }
	});
	return String(lastSeq);
}
