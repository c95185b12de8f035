import { eq } from 'drizzle-orm';
import { events } from '../db/schema.ts';
import type { Log } from '../log.ts';
import { createChanges, type ChangeParts } from './changes.ts';
import { createCleanUp, type CleanUp } from './clean-up.ts';
import { createDeskLists, type DeskLists } from './desk-lists.ts';
import { createEventCopy, type EventCopy } from './event-copy.ts';
import { createOrganiseBooths, type OrganiseBooths } from './organise-booths.ts';
import { createOrganiseEvents, type OrganiseEvents } from './organise-events.ts';
import { createOrganiseRooms, type OrganiseRooms } from './organise-rooms.ts';
import { createSchedule, type Schedule } from './schedule.ts';

/**
 * What organisers do with events. Who may do it is asked by the caller, with a place loaded by its full path; every
 * act is recorded, and told to media server, listeners and open pages once it is committed.
 */
export type Organise = OrganiseEvents &
	OrganiseRooms &
	OrganiseBooths &
	EventCopy & {
		readonly lists: DeskLists;
		readonly schedule: Schedule;
		readonly cleanUp: CleanUp;
	};

export function createOrganise(parts: ChangeParts & { readonly log: Log }): Organise {
	const { db, audit } = parts;
	const changes = createChanges(parts);
	const organise = createOrganiseEvents(parts, changes);
	return {
		...organise,
		...createOrganiseRooms(parts, changes),
		...createOrganiseBooths(parts, changes),
		...createEventCopy({ db, audit, organise }),
		lists: createDeskLists(db, parts.now),
		cleanUp: createCleanUp(parts),
		schedule: createSchedule({
			db,
			audit,
			now: parts.now,
			async zoneOf(event) {
				const [row] = await db
					.select({ zone: events.timeZone })
					.from(events)
					.where(eq(events.id, event));
				return row?.zone ?? 'UTC';
			}
		})
	};
}
