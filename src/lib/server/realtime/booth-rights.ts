import { boothRole, type Actor } from '#lib/domain/access/policy.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import type { Auth } from '../auth/auth.ts';
import type { Events } from '../events/events.ts';
import type { Log } from '../log.ts';
import { inParallel } from '../media/in-parallel.ts';
import { permissionsOf } from './booth-entry.ts';
import { dismiss } from './ending.ts';
import type { Concerns, Doorkeeper } from './rights.ts';
import type { BoothSocket, Seated, Seating } from './seating.ts';

/** A sign-out, a revoked invitation or role takes effect on an open page within this time. */
export const RIGHTS_CHECK_EVERY_MS = 15_000;

/** Sockets asked about at once when rights have changed: soon done, and room left for other requests. */
const AT_ONCE = 8;

/**
 * Asks again who the people at `/booth` are, when told that rights have changed and every so often besides,
 * and sends away who has lost the right to be there.
 */
export function watchRights({
	auth,
	events,
	sockets,
	seating,
	show,
	leave,
	log,
	everyMs = RIGHTS_CHECK_EVERY_MS
}: {
	auth: Pick<Auth, 'actorFrom' | 'actorOf'>;
	events: Pick<Events, 'boothById'>;
	/** Every open one, also those that have not joined a booth yet. */
	sockets: () => readonly BoothSocket[];
	seating: Seating;
	show: (booth: BoothId) => void;
	leave: (seated: Seated) => Promise<unknown>;
	log: Log;
	everyMs?: number | undefined;
}): Doorkeeper & { stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	let stopped = false;

	async function checkOne(socket: BoothSocket): Promise<void> {
		const before = socket.data.actor;
		const actor = await auth.actorFrom(socket.handshake.headers.cookie ?? null);
		// A join under way may have been granted by the rights of before: it ends first, then is judged.
		socket.data.actor = actor;
		await socket.data.entering;
		const seated = seating.of(socket);
		if (!isSamePerson(actor, before)) {
			dismiss(socket, SOCKET_CODES.credentials, await whyGone(before));
			if (seated) await leave(seated);
		} else if (seated) await checkSeat(seated, actor);
	}

	async function checkSeat(seated: Seated, actor: Actor): Promise<void> {
		const { socket, found, role } = seated;
		const still = await events.boothById(found.booth.id);
		if (!still.ok || boothRole(actor, found.scope) !== role) {
			dismiss(socket, SOCKET_CODES.scope, still.ok ? 'role_changed' : 'booth_gone');
			await leave(seated);
			return;
		}
		const permissions = permissionsOf(actor, found.scope);
		if (permissions.join() === seated.permissions.join()) return;
		seated.permissions = permissions;
		show(found.booth.id);
	}

	/** Signed out, or an account that nobody can sign in with any more: the page says which. */
	async function whyGone(before: Actor): Promise<'session_ended' | 'account_off'> {
		if (before.kind !== 'user') return 'session_ended';
		const now = await auth.actorOf(before.person);
		return now?.kind === 'anonymous' ? 'account_off' : 'session_ended';
	}

	/** What fails is looked at again later. */
	async function check(which: readonly BoothSocket[], atOnce: number): Promise<void> {
		const errors = await inParallel(
			which.map((socket) => () => checkOne(socket)),
			atOnce
		);
		for (const error of errors) log.error({ err: error }, 'rights not checked; trying again later');
	}

	const again = (): void => {
		timer = setTimeout(() => {
			// One after the other: nothing here is urgent enough to crowd the database.
			void check(sockets(), 1).then(() => {
				if (!stopped) again();
			});
		}, everyMs);
	};
	again();

	return {
		recheck: (concerns: Concerns) =>
			check(
				sockets().filter((socket) =>
					concerns(socket.data.actor, seating.of(socket)?.found.event.id ?? null)
				),
				AT_ONCE
			),
		stop() {
			stopped = true;
			clearTimeout(timer);
		}
	};
}

function isSamePerson(now: Actor, before: Actor): boolean {
	return now.kind !== 'anonymous' && before.kind !== 'anonymous' && now.person === before.person;
}
