import { allowedPublishers } from '#lib/domain/booth/allowed-publishers.ts';
import { PORTAL, type BoothCommand, type Caller } from '#lib/domain/booth/command.ts';
import { participantOf } from '#lib/domain/booth/seats.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import type { BoothId, PersonId, SeatId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import type { Db, Listen } from '../db/database.ts';
import type { Log } from '../log.ts';
import { CHANNEL, createBetweenPortals, type BetweenPortals } from './between-portals.ts';
import { createChat, type Chat } from './chat.ts';
import { createKnownBooths, type KnownBooths } from './known-booths.ts';
import { noticesOf } from './notices.ts';
import { soundingStates } from './sounding-states.ts';
import { createBoothStore, type Applied, type BoothChange, type StoredBooth } from './store.ts';

export type { BoothChange };

/** Booths as the rest of the portal uses them. Every change goes through here and is told to `onChange`. */
export type Booths = {
	/** Refusal `busy` after two seconds at most; throws only when the database fails. */
	command(booth: BoothId, command: BoothCommand, by?: Caller): Promise<Applied>;
	load(booth: BoothId): Promise<StoredBooth | null>;
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
	/** After every committed change, of this portal or of another one, in the order of versions. */
	onChange(listener: (change: BoothChange) => void): () => void;
	/** What is to be said aloud in a booth about a change, wherever it was made. */
	onNotices(listener: (booth: BoothId, notices: readonly BoothNotice[]) => void): () => void;
	/** Expires what is overdue, in every booth. */
	tick(): Promise<void>;
	readonly chat: Omit<Chat, 'fetch'>;
	readonly known: Pick<KnownBooths, 'get' | 'all'>;
	/** Reads all booths and begins to hear other portals. */
	start(): Promise<void>;
	/** Takes in what other portals changed, also when their word was lost. */
	catchUp(): Promise<void>;
	/** Shows that other portals are still heard. */
	checkHearing: BetweenPortals['check'];
	stop(): Promise<void>;
};

export function createBooths({
	db,
	listen,
	portalId,
	log,
	now = Date.now
}: {
	db: Db;
	listen: Listen;
	portalId: string;
	log: Log;
	now?: () => number;
}): Booths {
	const portals = createBetweenPortals({ db, listen, portalId, log });
	const store = createBoothStore(db, {
		now,
		announce: (change) => ({
			channel: CHANNEL,
			payload: portals.payload({
				kind: 'changed',
				booth: change.boothId,
				version: change.version,
				notices: noticesOf(change, now())
			})
		})
	});
	const known = createKnownBooths(store, log);
	const noticeListeners = new Set<(booth: BoothId, notices: readonly BoothNotice[]) => void>();
	const chat = createChat(db, (booth, message) => portals.say({ kind: 'chat', booth, message }));

	function sayAloud(booth: BoothId, notices: readonly BoothNotice[]): void {
		if (notices.length > 0) for (const listener of noticeListeners) listener(booth, notices);
	}

	const command: Booths['command'] = async (booth, given, by = PORTAL) => {
		const applied = await store.apply(booth, given, by);
		if (applied.ok && applied.value.events.length > 0) {
			const { version, events } = applied.value;
			const types = events.map(({ type }) => type);
			log.info({ booth, version, events: types }, 'booth changed');
			known.take(applied.value);
			sayAloud(booth, noticesOf(applied.value, now()));
		}
		return applied;
	};

	return {
		command,
		load: store.load,
		state: async (booth) => (await store.load(booth))?.state ?? null,
		states: (given) => soundingStates(db, given),
		report: (booth, given) => command(booth, given),
		onChange: known.onChange,
		known,
		chat,
		catchUp: known.catchUp,
		checkHearing: portals.check,
		stop: portals.stop,

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

		onNotices(listener) {
			noticeListeners.add(listener);
			return () => noticeListeners.delete(listener);
		},

		async tick() {
			const due = await store.due(now());
			await Promise.all(due.map((booth) => command(booth, { type: 'tick' })));
		},

		async start() {
			await known.catchUp();
			await portals.start((word) => {
				const taken =
					word.kind === 'chat'
						? chat.fetch(word.booth, word.message)
						: known.hear(word.booth, word.version).then(() => sayAloud(word.booth, word.notices));
				taken.catch((error: unknown) =>
					log.error(
						{ err: error, booth: word.booth },
						'a change of another portal was not taken in'
					)
				);
			});
		}
	};
}
