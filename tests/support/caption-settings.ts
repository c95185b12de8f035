import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { and, eq } from 'drizzle-orm';
import { eventId } from '#lib/domain/ids.ts';
import type { ProviderId } from '#lib/domain/providers.ts';
import { createSecretBox } from '#lib/server/auth/secret-box.ts';
import { openPglite } from '#lib/server/db/database.ts';
import { booths, events } from '#lib/server/db/schema.ts';
import { createProviderKeys } from '#lib/server/providers/keys.ts';
import type { Stack } from './stack.ts';

/**
 * Settings of one channel of the demo event, written while the portal is down: PGlite has one process at a
 * time. The portal runs again when it resolves.
 */
export async function setDemoCaptions(
	stack: Stack,
	language: string,
	settings: {
		provider: string;
		server?: string;
		hint?: string;
		key?: { provider: ProviderId; key: string };
	}
): Promise<void> {
	await stack.portal.kill();
	const database = await openPglite(stack.dataDir);
	const { db } = database;
	const [event] = await db.select().from(events).where(eq(events.slug, 'demo'));
	if (event === undefined) throw new Error('there is no demo event');
	await db.update(events).set({ transcriptionApiEnabled: true }).where(eq(events.id, event.id));
	await db
		.update(booths)
		.set({
			transcriptionEnabled: true,
			transcriptionProvider: settings.provider,
			transcriptionServer: settings.server ?? '',
			transcriptionLanguageHint: settings.hint ?? ''
		})
		.where(and(eq(booths.eventId, event.id), eq(booths.languageCode, language)));
	if (settings.key) {
		const box = createSecretBox([
			readFileSync(join(stack.dataDir, 'portal.secret'), 'utf8').trim()
		]);
		const { provider, key } = settings.key;
		const by = { id: null, name: 'the test' };
		const set = await createProviderKeys(db, box).set(eventId(event.id), provider, key, by);
		if (!set.ok) throw new Error(set.error.message);
	}
	await database.close();
	await stack.portal.start();
}
