import { asc, desc, eq } from 'drizzle-orm';
import type { BoothId, PersonId } from '#lib/domain/ids.ts';
import { CHAT_HISTORY_LENGTH, type ChatMessage } from '#lib/protocol/booth.ts';
import type { Db } from '../db/database.ts';
import { chatMessages } from '../db/schema.ts';

/** What the people in a booth write to each other. */
export type Chat = {
	/** `name` and `person` from the session, never from the message. */
	send(booth: BoothId, person: PersonId, name: string, body: string): Promise<ChatMessage>;
	/** The last `CHAT_HISTORY_LENGTH` messages, oldest first. */
	history(booth: BoothId): Promise<ChatMessage[]>;
	/** Messages written here and, through `fetch`, at other portals. */
	onMessage(listener: (booth: BoothId, message: ChatMessage) => void): () => void;
	/** Another portal stored this message. */
	fetch(booth: BoothId, message: string): Promise<void>;
};

/**
 * @param written called after a message of this portal is stored, to tell the others
 */
export function createChat(
	db: Db,
	written: (booth: BoothId, message: string) => Promise<void>
): Chat {
	const listeners = new Set<(booth: BoothId, message: ChatMessage) => void>();
	const tell = (booth: BoothId, message: ChatMessage): void => {
		for (const listener of listeners) listener(booth, message);
	};

	return {
		async send(booth, person, name, body) {
			const [row] = await db
				.insert(chatMessages)
				// `sent_at` is the database's clock: the same for all portals, and finer than a millisecond.
				.values({ boothId: booth, person, name, body })
				.returning();
			if (!row) throw new Error('the message was not stored');
			const message = messageOf(row);
			tell(booth, message);
			await written(booth, message.id);
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
			listeners.add(listener);
			return () => listeners.delete(listener);
		},

		async fetch(booth, message) {
			const [row] = await db.select().from(chatMessages).where(eq(chatMessages.id, message));
			if (row?.boothId === booth) tell(booth, messageOf(row));
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
