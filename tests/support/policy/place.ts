import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { MemberRole } from '#lib/domain/access/granting.ts';
import { eventId, type UserId } from '#lib/domain/ids.ts';
import { composeApp, type App } from '#lib/server/app.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { newJoinCode } from '#lib/server/auth/secrets.ts';
import { booths, events, invites, memberships, rooms, users } from '#lib/server/db/schema.ts';

/** Who asks, in the order of the letters of the policy table. */
export const ROLES = [
	'stranger',
	'listener',
	'interpreter',
	'support',
	'coordinator',
	'owner',
	'organiser',
	'admin'
] as const;
export type AskingRole = (typeof ROLES)[number];

/**
 * Where they ask: where their role is, beside it in the same event, in an event of somebody else, and at their own
 * place for something of that other event.
 */
export const SCOPES = ['own', 'side', 'foreign', 'smuggled'] as const;
export type AskedScope = (typeof SCOPES)[number];

/** One place of the scene: what stands in addresses and forms. */
export type Place = {
	readonly event: string;
	readonly room: string;
	readonly lang: string;
	readonly booth: number;
	readonly roomId: number;
	readonly eventId: number;
	/** An interpreter of this booth, as a membership somebody may try to change. */
	readonly member: number;
};

export type Stage = {
	readonly places: Readonly<Record<Exclude<AskedScope, 'smuggled'>, Place>>;
	/** The cookies of a new person with this role in the own event's first room and booth. */
	cookie(role: AskingRole): Promise<string>;
};

/** The portal in this process; nobody interprets, nothing is on air. */
export type Scene = {
	readonly app: App;
	readonly url: string;
	/** Two events of their own for one route: what is done in them disturbs no other. */
	stage(): Promise<Stage>;
	close(): Promise<void>;
};

const HERE = { device: 'the test', address: '203.0.113.9' };

export async function openScene(): Promise<Scene> {
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-policy-'));
	const http = createServer((_, response) => void response.writeHead(404).end());
	http.listen(0, '127.0.0.1');
	await once(http, 'listening');
	const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
	const app = await composeApp(http, {
		DATA_DIR: folder,
		PUBLIC_BASE_URL: url,
		// Nobody listens there: what needs the media server is refused as down, after the rights were asked.
		MEDIAMTX_WHIP_BASE: 'http://127.0.0.1:9',
		MEDIAMTX_API_BASE: 'http://127.0.0.1:9',
		JWT_SECRET: 'a secret of at least thirty-two characters',
		WORKER_SECRET: 'the secret of the workers, long enough',
		LOG_LEVEL: 'silent'
	});
	let people = 0;
	let stages = 0;

	async function account(isAdmin = false): Promise<UserId> {
		const email = `person${people++}@example.org`;
		const made = await app.auth.createAccount({ email, name: 'P', password: null, isAdmin });
		if (!made.ok) throw new Error(made.error.code);
		return made.value;
	}

	async function makeEvent(slug: string, joinCode: string): Promise<[Place, Place]> {
		const [event] = await app.db
			.insert(events)
			.values({ slug, displayName: slug, listenerJoinCode: joinCode })
			.returning();
		const id = event?.id ?? 0;
		const made: Place[] = [];
		for (const [position, room, lang] of [
			[0, 'main', 'fr'],
			[1, 'side', 'ar']
		] as const) {
			const [row] = await app.db
				.insert(rooms)
				.values({ eventId: id, slug: room, displayName: room, isMain: position === 0, position })
				.returning();
			const at = { eventId: id, roomId: row?.id ?? 0 };
			await app.db.insert(booths).values({ ...at, languageCode: 'floor' });
			const [booth] = await app.db
				.insert(booths)
				.values({ ...at, languageCode: lang, position: 1 })
				.returning();
			const [member] = await app.db
				.insert(memberships)
				.values({
					...{ ...at, userId: await account(), boothId: booth?.id ?? 0, role: 'interpreter' }
				})
				.returning();
			await app.db.insert(invites).values({
				...{ ...at, boothId: booth?.id ?? 0, tokenHash: randomUUID(), role: 'interpreter' },
				expiresAt: new Date(Date.now() + 86_400_000)
			});
			made.push({
				...{ event: slug, room, lang, booth: booth?.id ?? 0, ...at, member: member?.id ?? 0 }
			});
		}
		return made as [Place, Place];
	}

	async function stage(): Promise<Stage> {
		const code = newJoinCode();
		const [own, side] = await makeEvent(`own-${stages}`, code);
		const [foreign] = await makeEvent(`foreign-${stages++}`, newJoinCode());
		return {
			places: { own, side, foreign },
			cookie: (role) => cookie(role, own, code)
		};
	}

	async function cookie(role: AskingRole, own: Place, code: string): Promise<string> {
		if (role === 'stranger') return '';
		if (role === 'listener') {
			const answer = await app.auth.listenerLogin(eventId(own.eventId), code);
			if (!answer.ok) throw new Error('no listener’s cookie');
			return `${COOKIES.listener(eventId(own.eventId))}=${answer.value}`;
		}
		const id = await account(role === 'admin');
		if (role === 'organiser')
			await app.db.update(users).set({ mayCreateEvents: true }).where(eq(users.id, id));
		const at = roleAt(role, own);
		if (at) await app.db.insert(memberships).values({ userId: id, ...at });
		return `${COOKIES.account}=${await app.auth.sessions.start(id, HERE)}`;
	}

	return {
		...{ app, url, stage },
		async close() {
			await app.drain();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

function roleAt(role: AskingRole, { eventId: event, roomId, booth }: Place) {
	const at = (name: MemberRole, room: number | null = null, boothId: number | null = null) => ({
		...{ eventId: event, roomId: room, boothId, role: name }
	});
	switch (role) {
		case 'interpreter':
			return at('interpreter', roomId, booth);
		case 'coordinator':
			return at('coordinator', roomId);
		case 'support':
		case 'owner':
			return at(role);
		default:
			return null;
	}
}
