import { boothRole, can, type Actor } from '#lib/domain/access/policy.ts';
import type { BoothId, PersonId, SeatId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { parseMediaPath } from '#lib/domain/media-path.ts';
import type { Auth } from '../auth/auth.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { Events } from '../events/events.ts';
import type { Log } from '../log.ts';
import type { MediaServer } from '../media/media-server.ts';
import { publisherOf } from '../media/tickets.ts';
import type { Concerns, Doorkeeper, RightsChange } from './rights.ts';

/**
 * What goes on with no socket to ask: the seat of a page whose connection is gone (its sound keeps it), and
 * whoever sends a floor, which needs a ticket of up to a day and no page at all. Rights are read anew by
 * person; those of the shared admin password are known to their cookie alone, and left.
 */
export type Unattended = Doorkeeper & { start(): void; stop(): Promise<void> };

export const UNATTENDED_CHECK_EVERY_MS = 15_000;

export function createUnattended({
	auth,
	booths,
	events,
	media,
	reconciler,
	log
}: {
	auth: Pick<Auth, 'actorOf'>;
	booths: Pick<Booths, 'command' | 'known'>;
	events: Pick<Events, 'booth' | 'boothById'>;
	media: Pick<MediaServer, 'listPaths' | 'session' | 'kick'>;
	reconciler: Pick<Reconciler, 'ingest' | 'onIngest'>;
	log: Log;
}): Unattended {
	const sounding = new Set<BoothId>();
	const underWay = new Set<Promise<void>>();
	let timer: NodeJS.Timeout | undefined;
	let unsubscribe: () => void = () => undefined;

	const everybody: Concerns = () => true;

	async function recheck(concerns: Concerns, change: RightsChange | null): Promise<void> {
		const isSignedOut = change !== null && 'sessionsOf' in change;
		await Promise.all([seats(concerns, isSignedOut), floors(concerns, isSignedOut)]);
	}

	async function seats(concerns: Concerns, isSignedOut: boolean): Promise<void> {
		for (const [booth, { state }] of booths.known.all()) {
			const lost = state.participants.filter(({ presence }) => presence.kind === 'lost');
			if (lost.length === 0) continue;
			const found = await events.boothById(booth);
			for (const { seat, person } of lost) {
				const actor = await auth.actorOf(person);
				if (actor === null) continue;
				const event = found.ok ? found.value.event.id : null;
				if (!concerns(named(actor, person), event)) continue;
				const mayStay = found.ok && boothRole(actor, found.value.scope) !== null;
				if (!mayStay || isSignedOut) await leave(booth, seat);
			}
		}
	}

	async function leave(booth: BoothId, seat: SeatId): Promise<void> {
		log.info({ booth, seat }, 'seat taken: its holder may not be here any more');
		await booths.command(booth, { type: 'leave' }, { kind: 'seat', seat, permissions: [] });
	}

	async function floors(concerns: Concerns, isSignedOut: boolean): Promise<void> {
		for (const { path, sourceId } of await media.listPaths()) {
			const place = sourceId === null ? null : parseMediaPath(path);
			if (!place?.ok || place.value.language !== FLOOR || sourceId === null) continue;
			const publisher = await media.session(sourceId);
			const holder = publisher && publisherOf(publisher.user);
			if (!publisher || !holder || !('floor' in holder)) continue;
			const actor = await auth.actorOf(holder.floor);
			if (actor === null) continue;
			const found = await events.booth(place.value);
			const event = found.ok ? found.value.event.id : null;
			if (!concerns(named(actor, holder.floor), event)) continue;
			const mayStay = found.ok && can(actor, 'floor:publish', found.value.scope);
			if (mayStay && !isSignedOut) continue;
			await media.kick(publisher.sessionId);
			log.info({ path, person: holder.floor }, 'floor publisher ended: the right is gone');
		}
	}

	/** What fails is tried again at the next round; the reconciler says when the media server is down. */
	function inBackground(work: Promise<void>): void {
		const noted = work
			.catch((error: unknown) => log.debug({ err: error }, 'unattended rights not checked'))
			.finally(() => underWay.delete(noted));
		underWay.add(noted);
	}

	/** A ticket outlives its right: whoever begins to send a floor is looked at within the second. */
	function ingestChanged(changed: readonly BoothId[]): void {
		const sounds = (booth: BoothId) => reconciler.ingest(booth).status !== 'disconnected';
		const began = changed.some((booth) => sounds(booth) && !sounding.has(booth));
		for (const booth of changed)
			if (sounds(booth)) sounding.add(booth);
			else sounding.delete(booth);
		if (began) inBackground(floors(everybody, false));
	}

	return {
		recheck,
		start() {
			unsubscribe = reconciler.onIngest(ingestChanged);
			const again = (): void => {
				timer = setTimeout(() => {
					inBackground(recheck(everybody, null));
					again();
				}, UNATTENDED_CHECK_EVERY_MS);
			};
			again();
		},
		async stop() {
			clearTimeout(timer);
			unsubscribe();
			await Promise.all(underWay);
		}
	};
}

/** Somebody who is nobody any more still has the name they came in with. */
function named(actor: Actor, person: PersonId): Actor {
	return actor.kind === 'anonymous'
		? { kind: 'user', person, user: null, name: '', grants: [] }
		: actor;
}
