import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { boothRole, can, type Actor } from '#lib/domain/access/policy.ts';
import type { BoothPermission } from '#lib/domain/booth/command.ts';
import type { BoothRefusalCode } from '#lib/domain/booth/decision.ts';
import { seatId, type SeatId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { Scope } from '#lib/domain/access/policy.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import {
	CHAT_HISTORY_LENGTH,
	type boothJoin,
	type BoothJoined,
	type BoothSocketRefusalCode,
	type BoothView,
	type ChatMessage
} from '#lib/protocol/booth.ts';
import type { Booths } from '../booths/service.ts';
import type { Events, FoundBooth } from '../events/events.ts';
import { cut, dismiss } from './ending.ts';
import type { SeatTokens } from './seat-token.ts';
import type { BoothSocket, Seated, Seating } from './seating.ts';

type RefusalCode = BoothRefusalCode | BoothSocketRefusalCode;
type Entry = BoothJoined['entry'];
type Taken = { readonly entry: Entry; readonly seated: Seated };

const PERMISSIONS: readonly BoothPermission[] = [
	...(['booth:view', 'booth:chat', 'booth:interpret', 'booth:coordinate'] as const)
];

/** What a person may do in one booth. */
export function permissionsOf(actor: Actor, scope: Scope): readonly BoothPermission[] {
	return PERMISSIONS.filter((permission) => can(actor, permission, scope));
}

/** How a page comes into a booth: to its own seat with the seat token, else to a new one. */
export function createEntry({
	events,
	booths,
	seating,
	seatTokens,
	portalId,
	viewFor
}: {
	events: Pick<Events, 'booth'>;
	booths: Pick<Booths, 'command' | 'chat'>;
	seating: Seating;
	seatTokens: SeatTokens;
	portalId: string;
	/** The booth as this page sees it, now; null when it is gone. */
	viewFor: (seated: Seated) => BoothView | null;
}) {
	/** Answers late, so that the view in it is not older than one that was pushed meanwhile. */
	return async function enter(
		socket: BoothSocket,
		input: z.infer<typeof boothJoin>
	): Promise<Result<never, RefusalCode> | (() => Result<BoothJoined, RefusalCode>)> {
		const { actor } = socket.data;
		const found = await events.booth({ ...input, room: input.room ?? null });
		if (!found.ok) return found;
		if (found.value.booth.language === FLOOR)
			return refuse('not_found', 'The floor is no booth: nobody interprets there.');
		if (actor.kind === 'anonymous' || boothRole(actor, found.value.scope) === null) {
			dismiss(socket, SOCKET_CODES.scope, 'not_allowed');
			return refuse('forbidden', 'This booth is not open to you.');
		}
		const sitting = seating.of(socket);
		if (sitting && sitting.found.booth.id !== found.value.booth.id)
			return refuse('elsewhere', 'This page sits in another booth. Leave that one first.');

		const wanted = sitting?.seat ?? (await ownSeat(found.value, actor, input.seatToken));
		const taken = await takeSeat(socket, actor, found.value, wanted);
		if (!taken.ok) return taken;
		const { seated, entry } = taken.value;
		// The connection may have ended while the seat was taken, too early for its own goodbye.
		if (!socket.connected) {
			seating.remove(seated);
			const { id } = found.value.booth;
			await booths.command(id, { type: 'disconnect', seat: seated.seat, portal: portalId });
			return refuse('not_joined', 'The connection ended.');
		}
		const seatToken = await seatTokens.sign({
			seat: seated.seat,
			person: seated.person,
			booth: found.value.booth.id
		});
		const mayChat = seated.permissions.includes('booth:chat');
		const history = mayChat ? await booths.chat.history(found.value.booth.id) : [];
		return () => {
			const state = viewFor(seated);
			if (!state) return refuse('not_found', 'This booth is gone.');
			const chat = withNewer(history, seated);
			seated.entry = { kind: 'in' };
			seated.told = state.version;
			return ok({ entry, seatToken, state, chat });
		};
	};

	/** The seat the token is for, if it is this person's and of this booth. */
	async function ownSeat(
		{ booth }: FoundBooth,
		actor: Extract<Actor, { person: unknown }>,
		token: string | undefined
	): Promise<SeatId | null> {
		const claim = token === undefined ? null : await seatTokens.read(token);
		return claim?.booth === booth.id && claim.person === actor.person ? claim.seat : null;
	}

	async function takeSeat(
		socket: BoothSocket,
		actor: Extract<Actor, { person: unknown }>,
		found: FoundBooth,
		wanted: SeatId | null
	): Promise<Result<Taken, RefusalCode>> {
		const { booth, scope } = found;
		const { person, name } = actor;
		const role = boothRole(actor, scope);
		if (role === null) return refuse('forbidden', 'This booth is not open to you.');
		const permissions = permissionsOf(actor, scope);
		const at = (seat: SeatId): Seated => ({
			...{ socket, found, seat, person, role, permissions, told: -1 },
			entry: { kind: 'entering', chat: [] }
		});

		if (wanted !== null) {
			const by = { kind: 'seat', seat: wanted, permissions } as const;
			const back = await booths.command(booth.id, { type: 'return', person, portal: portalId }, by);
			if (back.ok) {
				const seated = at(wanted);
				const former = seating.put(seated);
				// The page's own socket of before, which only seems to be alive.
				if (former) cut(former, 'seat_moved_on');
				return ok({ entry: 'returned', seated });
			}
			if (back.error.code !== 'seat_gone') return back;
		}

		const seated = at(seatId(randomUUID()));
		// First, so that the seat is never without a socket that this portal knows of.
		seating.put(seated);
		const joined = await booths
			.command(
				booth.id,
				{ type: 'join', person, name, role, portal: portalId },
				{ kind: 'seat', seat: seated.seat, permissions }
			)
			.catch((error: unknown) => {
				seating.remove(seated);
				throw error;
			});
		if (joined.ok) return ok({ entry: wanted === null ? 'fresh' : 'replaced', seated });
		seating.remove(seated);
		return joined;
	}
}

/** What was written while the history was read, in its place. */
function withNewer(history: readonly ChatMessage[], { entry }: Seated): ChatMessage[] {
	const meanwhile = entry.kind === 'entering' ? entry.chat : [];
	const known = new Set(history.map(({ id }) => id));
	return [...history, ...meanwhile.filter(({ id }) => !known.has(id))].slice(-CHAT_HISTORY_LENGTH);
}
