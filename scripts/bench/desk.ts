import { mkdirSync, writeFileSync } from 'node:fs';
import { FLOOR } from '#lib/domain/language.ts';
import { openPostgres } from '#lib/server/db/database.ts';
import { booths, events, rooms } from '#lib/server/db/schema.ts';
import { postgresCluster, type DatabaseKind } from '../../tests/support/databases.ts';
import {
	DESK_PAGES,
	pageRequest,
	person,
	startDeskPortal,
	SUPER,
	type DeskPortal
} from '../../tests/support/desk.ts';

/**
 * `npm run bench:desk`: the load of every page of the desk on Postgres, with 1,000 events of 20 booths, while the
 * portal does what it always does. Prints a table and writes `bench-results/desk.json`. The time is the load's
 * alone, without drawing the page.
 */
const EVENTS = 1_000;
const ROOMS = 2;
/** With the floor ten channels in each of two rooms. */
const LANGUAGES = ['fr', 'de', 'es', 'ar', 'pt-BR', 'it', 'nl', 'pl', 'uk'];
const RUNS = 200;
const INSERTED_AT_ONCE = 1_000;

type Figures = {
	readonly page: string;
	readonly p50Ms: number;
	readonly p95Ms: number;
	readonly queries: number;
};

async function seed({ app: { db } }: DeskPortal): Promise<void> {
	const made = await db
		.insert(events)
		.values(
			Array.from({ length: EVENTS }, (_, n) => ({
				slug: `event-${n}`,
				displayName: `Event ${n}`,
				listenerJoinCode: 'ABC234'
			}))
		)
		.returning({ id: events.id });
	const stored = await db
		.insert(rooms)
		.values(
			made.flatMap(({ id }) =>
				Array.from({ length: ROOMS }, (_, n) => ({
					...{ eventId: id, slug: n === 0 ? 'main' : `room-${n}`, displayName: `Room ${n}` },
					isMain: n === 0,
					position: n
				}))
			)
		)
		.returning({ id: rooms.id, event: rooms.eventId });
	const rows = stored.flatMap(({ id, event }) =>
		[FLOOR, ...LANGUAGES].map((languageCode, position) => ({
			...{ eventId: event, roomId: id, languageCode, position }
		}))
	);
	for (let from = 0; from < rows.length; from += INSERTED_AT_ONCE)
		await db.insert(booths).values(rows.slice(from, from + INSERTED_AT_ONCE));
}

const cluster = postgresCluster();
const { url } = await cluster.create();
const kind: DatabaseKind = {
	name: 'Postgres',
	async open() {
		const database = openPostgres(url);
		await database.migrate();
		return database;
	},
	url: () => url
};
const portal = await startDeskPortal(kind);
const { actor } = await person(portal.app, 'Root', [SUPER]);
await seed(portal);

const figures: Figures[] = [];
for (const [page, module] of Object.entries(DESK_PAGES)) {
	const load = (await module()).load as unknown as (request: never) => unknown;
	const times: number[] = [];
	let queries = 0;
	for (let n = 0; n < RUNS; n++) {
		const event = `event-${(n * 37) % EVENTS}`;
		const request = pageRequest(
			portal.app,
			actor,
			{ event, room: 'main' },
			{ search: page === 'admin/events' ? `?q=event&sort=name&page=${1 + (n % 40)}` : '' }
		);
		if (page === 'event/+layout') request.url.pathname = `/admin/events/${event}`;
		const startedAt = performance.now();
		queries = await portal.countQueries(async () => load(request as never));
		times.push(performance.now() - startedAt);
	}
	times.sort((a, b) => a - b);
	const at = (part: number) => Math.round((times[Math.floor(times.length * part)] ?? 0) * 10) / 10;
	figures.push({ page, p50Ms: at(0.5), p95Ms: at(0.95), queries });
}
console.table(figures);
mkdirSync('bench-results', { recursive: true });
writeFileSync(
	'bench-results/desk.json',
	`${JSON.stringify({ events: EVENTS, booths: EVENTS * ROOMS * (LANGUAGES.length + 1), figures }, null, '\t')}\n`
);
await portal.stop();
await cluster.drop(new URL(url).pathname.slice(1)).catch(() => undefined);
cluster.stop();
// What was opened to migrate is left to the end of the process.
process.exit(0);
