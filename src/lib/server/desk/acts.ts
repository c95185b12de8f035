import { can, type Actor } from '#lib/domain/access/policy.ts';
import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import { PORTAL, type BoothCommand } from '#lib/domain/booth/command.ts';
import type { MatterState } from '#lib/domain/desk/alerts.ts';
import { boothId, type EventId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Booths } from '../booths/service.ts';
import type { Events, FoundBooth } from '../events/events.ts';
import type { Board } from './board.ts';
import type { DeskLog } from './desk-log.ts';

/** Who acts, where they sit, and from which address; the event is the desk's own. */
export type DeskPlace = {
	readonly actor: Exclude<Actor, { kind: 'anonymous' }>;
	readonly event: EventId;
	readonly address: string | null;
};

/** What a coordinator does from the desk. Every act asks for the right again and is recorded. */
export type DeskActs = {
	/** Booths of the event that this person may coordinate. */
	mine(place: Pick<DeskPlace, 'actor' | 'event'>): readonly FoundBooth[];
	/** `target` is what the log says it was done to, beside the booth. */
	command(
		place: DeskPlace,
		booth: number,
		command: BoothCommand,
		record: { action: AuditAction; target?: string; details?: Record<string, unknown> }
	): Promise<Result<null>>;
	/** To one booth, or to all of this person's. */
	message(place: DeskPlace, booth: number | null, body: string): Promise<Result<null>>;
	move(place: DeskPlace, id: string, to: MatterState): Promise<Result<null>>;
};

const NOT_FOUND = refuse('not_found', 'There is no such booth in this event.');
const NOT_YOURS = refuse('not_allowed', 'You do not coordinate this booth.');

export function createDeskActs({
	board,
	booths,
	events,
	deskLog,
	audit
}: {
	board: Pick<Board, 'booths'>;
	booths: Pick<Booths, 'command' | 'chat'>;
	events: Pick<Events, 'boothById'>;
	deskLog: Pick<DeskLog, 'move' | 'of'>;
	audit: Pick<Audit, 'record'>;
}): DeskActs {
	const mine: DeskActs['mine'] = ({ actor, event }) =>
		board.booths(event).filter(({ scope }) => can(actor, 'room:coordinate', scope));
	/** By its full path, as it is now: a booth of another event is not there, one beside one's own is not theirs. */
	async function find(
		{ actor, event }: DeskPlace,
		id: number
	): Promise<Result<FoundBooth, 'not_found' | 'not_allowed'>> {
		const found = await events.boothById(boothId(id));
		if (!found.ok || found.value.event.id !== event || found.value.booth.language === FLOOR)
			return NOT_FOUND;
		return can(actor, 'room:coordinate', found.value.scope) ? found : NOT_YOURS;
	}

	return {
		mine,

		async command(place, id, command, record) {
			const found = await find(place, id);
			if (!found.ok) return found;
			const { booth, scope } = found.value;
			const done = await booths.command(booth.id, command, PORTAL);
			if (!done.ok) return done;
			if (done.value.events.length === 0) return ok(null);
			const { actor, address } = place;
			await audit.record({ target: booth.language, ...record, actor, scope, address });
			return ok(null);
		},

		async message(place, id, body) {
			const { actor, event, address } = place;
			const one = id === null ? null : await find(place, id);
			if (one !== null && !one.ok) return one;
			const to = one === null ? mine(place) : [one.value];
			const [first] = to;
			if (!first) return NOT_FOUND;
			for (const { booth } of to) await booths.chat.send(booth.id, actor.person, actor.name, body);
			const target = id === null ? `${to.length} booths` : first.booth.language;
			const scope = id === null ? { event } : first.scope;
			await audit.record({ actor, action: 'desk.message_sent', scope, target, address });
			return ok(null);
		},

		async move(place, id, to) {
			const { actor, event, address } = place;
			const entry = (await deskLog.of(event)).find((one) => one.id === id);
			if (!entry || entry.booth === null)
				return refuse('not_found', 'There is no such matter at this desk.');
			const seen = await find(place, entry.booth);
			if (!seen.ok) return seen;
			if (!(await deskLog.move(event, id, to, actor.name)))
				return refuse('past', 'Somebody else has seen to it already.');
			const target = `${entry.kind} ${entry.code}`;
			const details = { state: to };
			await audit.record({
				...{ actor, action: 'desk.matter_moved', scope: seen.value.scope, target, details, address }
			});
			return ok(null);
		}
	};
}
