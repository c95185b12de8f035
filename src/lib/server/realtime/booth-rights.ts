import { boothRole } from '#lib/domain/access/policy.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import type { Auth } from '../auth/auth.ts';
import type { Log } from '../log.ts';
import { permissionsOf } from './booth-entry.ts';
import { dismiss } from './ending.ts';
import type { Seated, Seating } from './seating.ts';

/** A sign-out, a revoked invitation or role takes effect on an open page within this time. */
export const RIGHTS_CHECK_EVERY_MS = 15_000;

/** Asks again and again who the people in the booths are, and sends away who has lost the right to be there. */
export function watchRights({
	auth,
	seating,
	show,
	leave,
	log,
	everyMs = RIGHTS_CHECK_EVERY_MS
}: {
	auth: Pick<Auth, 'actorFrom'>;
	seating: Seating;
	show: (booth: BoothId) => void;
	leave: (seated: Seated) => Promise<unknown>;
	log: Log;
	everyMs?: number | undefined;
}): { check(): Promise<void>; stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	let stopped = false;

	async function checkOne(seated: Seated): Promise<void> {
		const { socket, found, person, role } = seated;
		const actor = await auth.actorFrom(socket.handshake.headers.cookie ?? null);
		if (seating.of(socket) !== seated) return;
		const isSamePerson = actor.kind !== 'anonymous' && actor.person === person;
		if (!isSamePerson || boothRole(actor, found.scope) !== role) {
			dismiss(
				socket,
				isSamePerson ? SOCKET_CODES.scope : SOCKET_CODES.credentials,
				isSamePerson ? 'role_changed' : 'session_ended'
			);
			await leave(seated);
			return;
		}
		const permissions = permissionsOf(actor, found.scope);
		if (permissions.join() === seated.permissions.join()) return;
		seated.permissions = permissions;
		show(found.booth.id);
	}

	/** One after the other: nothing here is urgent enough to crowd the database. */
	async function check(): Promise<void> {
		for (const seated of seating.all())
			try {
				await checkOne(seated);
			} catch (error) {
				log.error({ err: error, seat: seated.seat }, 'rights not checked; trying again later');
			}
	}

	const again = (): void => {
		timer = setTimeout(() => {
			void check().then(() => {
				if (!stopped) again();
			});
		}, everyMs);
	};
	again();

	return {
		check,
		stop() {
			stopped = true;
			clearTimeout(timer);
		}
	};
}
