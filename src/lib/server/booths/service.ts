import { asc, desc, eq } from 'drizzle-orm';
import { allowedPublishers } from '#lib/domain/booth/allowed-publishers.ts';
import { PORTAL, type BoothCommand, type Caller } from '#lib/domain/booth/command.ts';
import { participantOf } from '#lib/domain/booth/seats.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import type { BoothId, PersonId, SeatId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { CHAT_HISTORY_LENGTH, type ChatMessage } from '#lib/protocol/booth.ts';
import type { Db } from '../db/database.ts';
import { chatMessages } from '../db/schema.ts';
import type { Log } from '../log.ts';
import { soundingStates } from './sounding-states.ts';
import { createBoothStore, type BoothChange, type StoreRefusalCode } from './store.ts';

export type { BoothChange };

/** Booths as the rest of the portal uses them. Every change goes through here and is told to `onChange`. */
export type Booths = {
	command(
		booth: BoothId,
		command: BoothCommand,
		by?: Caller
	): Promise<Result<BoothChange, StoreRefusalCode>>;
	load(booth: BoothId): Promise<{ state: BoothState; version: number } | null>;
	state(booth: BoothId): Promise<BoothState | null>;
	/** Of the booths that say they are on air, and of those given. */
	states(given: readonly BoothId[]): Promise<ReadonlyMap<BoothId, BoothState>>;
	report(booth: BoothId, command: BoothCommand): Promise<unknown>;
	/**
	 * Whether this person may publish from a seat now, and from which; moves an accepted handover on to
	 * `arriving`. Without `seat`: the person's own seat that may publish, if there is one.
	 */
	ticketFor(
		booth: BoothId,
		person: PersonId,
		seat: SeatId | null
	): Promise<Result<{ seat: SeatId }, 'not_active' | 'busy'>>;
	onChange(listener: (change: BoothChange) => void): () => void;
	/** Expires what is overdue, in every booth. */
	tick(): Promise<void>;
	readonly chat: {
		send(booth: BoothId, person: PersonId, name: string, body: string): Promise<ChatMessage>;
		/** The last messages, oldest first. */
		history(booth: BoothId): Promise<ChatMessage[]>;
		onMessage(listener: (booth: BoothId, message: ChatMessage) => void): () => void;
	};
	readonly store: ReturnType<typeof createBoothStore>;
};

export function createBooths({
	db,
	log,
	now = Date.now
}: {
	db: Db;
	log: Log;
	now?: () => number;
}): Booths {
	const store = createBoothStore(db);
	const changed = new Set<(change: BoothChange) => void>();
	const written = new Set<(booth: BoothId, message: ChatMessage) => void>();

	const command: Booths['command'] = async (booth, given, by = PORTAL) => {
		const applied = await store.apply(booth, given, { by, now: now() });
		if (applied.ok && applied.value.events.length > 0) {
			log.info(
				{
					booth,
					version: applied.value.version,
					events: applied.value.events.map(({ type }) => type)
				},
				'booth changed'
			);
			for (const listener of changed) listener(applied.value);
		}
		return applied;
	};

	return {
		store,
		command,
		load: store.load,
		state: async (booth) => (await store.load(booth))?.state ?? null,
		states: (given) => soundingStates(db, given),
		report: (booth, given) => command(booth, given),

		async ticketFor(booth, person, wanted) {
			const refused = refuse(
				'not_active',
				'You may not publish to this channel now: go live first, or ask for the microphone.'
			);
			const stored = await store.load(booth);
			if (!stored) return refused;
			const seat = allowedPublishers(stored.state).find(
				(one) =>
					(wanted === null || one === wanted) && participantOf(stored.state, one)?.person === person
			);
			if (seat === undefined) return refused;
			const issued = await command(
				booth,
				{ type: 'ticket-issued' },
				{ kind: 'seat', seat, permissions: ['booth:view', 'booth:interpret'] }
			);
			if (issued.ok) return ok({ seat });
			return issued.error.code === 'busy' ? refuse('busy', issued.error.message) : refused;
		},

		onChange(listener) {
			changed.add(listener);
			return () => changed.delete(listener);
		},

		async tick() {
			for (const booth of await store.due(now())) await command(booth, { type: 'tick' });
		},

		chat: {
			async send(booth, person, name, body) {
				const [row] = await db
					.insert(chatMessages)
					.values({ boothId: booth, person, name, body, sentAt: new Date(now()) })
					.returning();
				if (!row) throw new Error('the message was not stored');
				const message = messageOf(row);
				for (const listener of written) listener(booth, message);
				return message;
			},
			async history(booth) {
				const newest = db
					.select()
					.from(chatMessages)
					.where(eq(chatMessages.boothId, booth))
					.orderBy(desc(chatMessages.sentAt), desc(chatMessages.id))
					.limit(CHAT_HISTORY_LENGTH)
					.as('newest');
				const rows = await db.select().from(newest).orderBy(asc(newest.sentAt), asc(newest.id));
				return rows.map(messageOf);
			},
			onMessage(listener) {
				written.add(listener);
				return () => written.delete(listener);
			}
		}
	};
}

function messageOf(row: typeof chatMessages.$inferSelect): ChatMessage {
	return {
		id: row.id,
		person: row.person,
		name: row.name,
		body: row.body,
		sentAt: row.sentAt.getTime()
	};
}
