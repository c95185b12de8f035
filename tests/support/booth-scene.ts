import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Database } from '#lib/server/db/database.ts';
import type { PersonId, SeatId } from '#lib/domain/ids.ts';
import { Hall, openPortal, type HallPortal, type PortalOptions } from './booth-hall.ts';
import { BoothPage, type PageOptions } from './booth-page.ts';
import type { DatabaseKind } from './databases.ts';

/**
 * A fresh event with one portal before each test; afterwards every page and portal is ended, and the test
 * fails if any page was ever shown something that must not be.
 */
export class Scene {
	hall: Hall;
	portal: HallPortal;
	#pages: BoothPage[] = [];
	#portals: HallPortal[] = [];

	private constructor(hall: Hall, portal: HallPortal) {
		this.hall = hall;
		this.portal = portal;
		this.#portals.push(portal);
	}

	static async set(database: Database): Promise<Scene> {
		const hall = await Hall.open(database);
		return new Scene(hall, await openPortal(hall));
	}

	get database(): Database {
		return this.hall.database;
	}

	async end(): Promise<void> {
		for (const page of this.#pages) page.close();
		for (const portal of this.#portals) await portal.stop();
		expect(this.#pages.flatMap((page) => page.faults)).toEqual([]);
	}

	async start(options: PortalOptions = {}): Promise<HallPortal> {
		const started = await openPortal(this.hall, options);
		this.#portals.push(started);
		return started;
	}

	/** The portal is killed; another one takes its place on the same port. */
	async restart(between: () => void = () => undefined): Promise<void> {
		const { port } = this.portal;
		await this.die(this.portal);
		between();
		this.portal = await this.start({ port });
	}

	async die(portal: HallPortal): Promise<void> {
		this.#portals = this.#portals.filter((one) => one !== portal);
		const there = this.#pages.filter(({ url, socket }) => url === portal.url && socket.connected);
		const noticed = there.map((page) => page.ended());
		await portal.die();
		await Promise.all(noticed);
	}

	page(cookie: string | null, { at, ...options }: PageOptions & At = {}): BoothPage {
		const page = new BoothPage(this.hall, at ?? this.portal, cookie, options);
		this.#pages.push(page);
		return page;
	}

	/** A cookie of this scene's event. */
	invite(...who: Parameters<Hall['invite']>): Promise<string> {
		return this.hall.invite(...who);
	}

	/** Asks for a publish ticket as `whip-url` does for the person of this page. */
	ticketFor(page: BoothPage, seat: SeatId | null) {
		return this.portal.booths.ticketFor(this.hall.booth, personOf(page), seat);
	}

	/** A page of this person, in the booth. */
	async enter(cookie: string, options: PageOptions & At = {}): Promise<BoothPage> {
		const page = this.page(cookie, options);
		expect(await page.connect()).toBeNull();
		const joined = await page.join();
		if (!joined.ok) throw new Error(joined.error.code);
		return page;
	}

	async interpreter(name: string, options: PageOptions & At = {}): Promise<BoothPage> {
		return this.enter(await this.invite(name), options);
	}

	async goLive(page: BoothPage): Promise<void> {
		await page.act('go-live');
		await this.portal.hear(page.seat);
		await page.until('live', () => page.view.phase.kind === 'live');
	}

	/** Ana live, Ben standing by. */
	async pair(): Promise<{ ana: BoothPage; ben: BoothPage }> {
		const ana = await this.interpreter('Ana');
		const ben = await this.interpreter('Ben');
		await this.goLive(ana);
		await ben.untilPhase('live Ana');
		return { ana, ben };
	}
}

type At = { readonly at?: HallPortal };

/** @returns the scene of the test that runs */
export function useScene(kind: DatabaseKind): () => Scene {
	let database: Database;
	let scene: Scene;
	beforeAll(async () => {
		database = await kind.open();
	});
	beforeEach(async () => {
		scene = await Scene.set(database);
	});
	afterEach(() => scene.end());
	return () => scene;
}

export function personOf(page: BoothPage): PersonId {
	const own = page.view.participants.find(({ seat }) => seat === page.seat);
	if (!own) throw new Error('not in the booth');
	return own.person;
}
