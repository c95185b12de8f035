import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from '#lib/domain/access/policy.ts';
import { eventId, personId, userId, type EventId, type UserId } from '#lib/domain/ids.ts';
import type { Db, Listen } from '../db/database.ts';
import { createPortalLine } from '../db/portal-line.ts';
import { invites } from '../db/schema.ts';
import type { Log } from '../log.ts';

/**
 * Whose rights may be less than before. `sessionsOf`: all sessions of the account were ended (a new password,
 * "sign out everywhere"), so what still goes on without a session is ended too.
 */
export type RightsChange =
	| { readonly user: UserId }
	| { readonly sessionsOf: UserId }
	| { readonly invite: string }
	| { readonly event: EventId };

/** Whether somebody is among those a change is about; `event` is where they are, null when nowhere yet. */
export type Concerns = (actor: Actor, event: EventId | null) => boolean;

/** A part of this portal that lets people in: it asks again who they are and dismisses who may not stay. */
export type Doorkeeper = {
	/** Of the open sockets and the like of those concerned. */
	recheck(concerns: Concerns, change: RightsChange): Promise<void>;
};

/** Makes a lost right count at once, at every portal of this database. */
export type Rights = {
	/**
	 * Call it after the change is committed. Resolves when this portal has done its part; others hear of it
	 * meanwhile. Never throws: what fails here is caught up with by the regular look after everybody's rights.
	 */
	changed(change: RightsChange): Promise<void>;
	start(): Promise<void>;
	stop(): Promise<void>;
};

const CHANNEL = 'voxbento_rights';

const spoken: z.ZodType<RightsChange> = z.union([
	z.strictObject({ user: z.string().transform(userId) }),
	z.strictObject({ sessionsOf: z.string().transform(userId) }),
	z.strictObject({ invite: z.string() }),
	z.strictObject({ event: z.number().int().transform(eventId) })
]);

/**
 * @param here asked at every portal
 * @param once asked only at the portal where the change was made, for what belongs to no portal: seats whose
 * socket is gone, publishers at the media server
 */
export function createRights({
	db,
	listen,
	portalId,
	here,
	once,
	log
}: {
	db: Db;
	listen: Listen;
	portalId: string;
	here: readonly Doorkeeper[];
	once: readonly Doorkeeper[];
	log: Log;
}): Rights {
	const line = createPortalLine({
		...{ db, listen, portalId, log },
		channel: CHANNEL,
		word: spoken,
		onWord(change) {
			recheck(here, change).catch((error: unknown) =>
				log.warn({ err: error }, 'a change of rights at another portal was not taken in')
			);
		}
	});

	async function recheck(doorkeepers: readonly Doorkeeper[], change: RightsChange): Promise<void> {
		const concerns = await concernedBy(db, change);
		const done = await Promise.allSettled(
			doorkeepers.map((doorkeeper) => doorkeeper.recheck(concerns, change))
		);
		for (const each of done)
			if (each.status === 'rejected') log.error({ err: each.reason }, 'rights not checked');
	}

	return {
		async changed(change) {
			const tell = line.send(line.encode(change));
			const done = await Promise.allSettled([tell, recheck([...here, ...once], change)]);
			for (const each of done)
				if (each.status === 'rejected') log.error({ err: each.reason }, 'rights not told');
		},
		start: line.listen,
		stop: line.stop
	};
}

async function concernedBy(db: Db, change: RightsChange): Promise<Concerns> {
	if ('user' in change) return isPerson(change.user);
	if ('sessionsOf' in change) return isPerson(change.sessionsOf);
	if ('event' in change) return (_actor, event) => event === null || event === change.event;
	const [row] = await db
		.select({ event: invites.eventId })
		.from(invites)
		.where(eq(invites.id, change.invite));
	// A browser may hold an account and an invitation, whose rights add up: the account does not tell.
	return (actor, event) =>
		row !== undefined &&
		(actor.kind === 'guest' || actor.kind === 'user') &&
		(event === null || event === eventId(row.event));
}

function isPerson(user: UserId): Concerns {
	const person = personId(`user:${user}`);
	return (actor) => actor.kind !== 'anonymous' && actor.person === person;
}
