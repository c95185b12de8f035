import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import { createListenerDoor, type ListenerDoor } from './access.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createMembers, type Members } from './members.ts';

/** Who belongs to an event, who is invited, and how listeners come in. */
export type People = {
	readonly members: Members;
	readonly invitations: Invitations;
	readonly listenerDoor: ListenerDoor;
	start(): void;
	stop(): Promise<void>;
};

export function createPeople(parts: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	/** Told when somebody may have lost a right. */
	rights: Parameters<typeof createMembers>[0]['rights'] &
		Parameters<typeof createInvitations>[0]['rights'] &
		Parameters<typeof createListenerDoor>[0]['rights'];
	log: Log;
}): People {
	const listenerDoor = createListenerDoor(parts);
	return {
		members: createMembers(parts),
		invitations: createInvitations(parts),
		listenerDoor,
		start: () => listenerDoor.start(),
		stop: () => listenerDoor.stop()
	};
}
