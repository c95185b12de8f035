import { and, asc, eq } from 'drizzle-orm';
import type { EventId } from '#lib/domain/ids.ts';
import { isProvider, type ProviderId } from '#lib/domain/providers.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import type { Db } from '../db/database.ts';
import { providerKeys } from '../db/schema.ts';

export const PROVIDER_KEY_MAX_LENGTH = 1_000;

export type ProviderKeyInfo = {
	readonly provider: ProviderId;
	readonly lastFour: string;
	readonly setByName: string;
	readonly setAt: Date;
	/** False: stored, but no configured key opens it (`API_KEY_ENCRYPTION_KEY` was changed). */
	readonly readable: boolean;
};

/** Keys of speech and translation services, kept encrypted, for each event its own. */
export type ProviderKeys = {
	/** The key itself, for the one who calls the service. `key_unreadable` says "Failed to decrypt". */
	key(
		event: EventId,
		provider: ProviderId
	): Promise<Result<string, 'key_missing' | 'key_unreadable'>>;
	/** What may be shown of an event's keys. */
	list(event: EventId): Promise<ProviderKeyInfo[]>;
	set(
		event: EventId,
		provider: ProviderId,
		key: string,
		by: { readonly id: string | null; readonly name: string }
	): Promise<Result<null, 'key_invalid'>>;
	/** @returns whether there was one */
	remove(event: EventId, provider: ProviderId): Promise<boolean>;
	/** Seals every key anew with the first configured key, so that the others can go. */
	reseal(): Promise<{ readonly resealed: number; readonly unreadable: number }>;
};

export function createProviderKeys(db: Db, box: SecretBox): ProviderKeys {
	return {
		async key(event, provider) {
			const [row] = await db.select().from(providerKeys).where(whose(event, provider));
			if (!row) return refuse('key_missing', `API key missing: no ${provider} key is set.`);
			const opened = box.open(row.keyEncrypted, purpose(event, provider));
			return opened.ok
				? opened
				: refuse('key_unreadable', `Failed to decrypt the ${provider} key. Set it again.`);
		},

		async list(event) {
			const rows = await db
				.select()
				.from(providerKeys)
				.where(eq(providerKeys.eventId, event))
				.orderBy(asc(providerKeys.provider));
			return rows.flatMap(({ provider, keyEncrypted, lastFour, setByName, setAt }) =>
				isProvider(provider)
					? [
							{
								...{ provider, lastFour, setByName, setAt },
								readable: box.open(keyEncrypted, purpose(event, provider)).ok
							}
						]
					: []
			);
		},

		async set(event, provider, typed, by) {
			const key = typed.trim();
			// Keys are ASCII without spaces; anything else was pasted from the wrong place.
			if (!/^[\x21-\x7e]+$/.test(key) || key.length > PROVIDER_KEY_MAX_LENGTH)
				return refuse('key_invalid', 'This is not a key: keys have no spaces and no accents.');
			const row = {
				keyEncrypted: box.seal(key, purpose(event, provider)),
				// Of a short key four characters would be too much to show.
				lastFour: key.length >= 12 ? key.slice(-4) : '',
				setBy: by.id,
				setByName: by.name,
				setAt: new Date()
			};
			await db
				.insert(providerKeys)
				.values({ eventId: event, provider, ...row })
				.onConflictDoUpdate({ target: [providerKeys.eventId, providerKeys.provider], set: row });
			return ok(null);
		},

		async remove(event, provider) {
			const gone = await db
				.delete(providerKeys)
				.where(whose(event, provider))
				.returning({ provider: providerKeys.provider });
			return gone.length > 0;
		},

		async reseal() {
			const rows = await db.select().from(providerKeys);
			let unreadable = 0;
			for (const { eventId, provider, keyEncrypted } of rows) {
				const opened = box.open(keyEncrypted, purpose(eventId, provider));
				if (!opened.ok) {
					unreadable += 1;
					continue;
				}
				await db
					.update(providerKeys)
					.set({ keyEncrypted: box.seal(opened.value, purpose(eventId, provider)) })
					// Somebody may have set another one meanwhile.
					.where(
						and(
							eq(providerKeys.eventId, eventId),
							eq(providerKeys.provider, provider),
							eq(providerKeys.keyEncrypted, keyEncrypted)
						)
					);
			}
			return { resealed: rows.length - unreadable, unreadable };
		}
	};
}

function whose(event: EventId, provider: ProviderId) {
	return and(eq(providerKeys.eventId, event), eq(providerKeys.provider, provider));
}

/** Bound into the sealed text: a row copied to another event or provider does not open. */
function purpose(event: number, provider: string): string {
	return `provider-key ${event} ${provider}`;
}
