import { can, type Actor } from '#lib/domain/access/policy.ts';
import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import { PORTAL, type BoothCommand } from '#lib/domain/booth/command.ts';
import type { MatterState } from '#lib/domain/desk/alerts.ts';
import { boothId, type EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Booths } from '../booths/service.ts';
import type { FoundBooth } from '../events/events.ts';
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

const NOT_FOUND = refuse('not_found', 'There is no such booth at this desk.');

export function createDeskActs({
	board,
	booths,
	deskLog,
	audit
}: {
	board: Pick<Board, 'booths'>;
	booths: Pick<Booths, 'command' | 'chat'>;
	deskLog: Pick<DeskLog, 'move' | 'of'>;
	audit: Pick<Audit, 'record'>;
}): DeskActs {
	const mine: DeskActs['mine'] = ({ actor, event }) =>
		board.booths(event).filter(({ scope }) => can(actor, 'room:coordinate', scope));
	const find = (place: DeskPlace, id: number) =>
		mine(place).find(({ booth }) => booth.id === boothId(id));

	return {
		mine,

		async command(place, id, command, record) {
			const found = find(place, id);
			if (!found) return NOT_FOUND;
			const done = await booths.command(found.booth.id, command, PORTAL);
			if (!done.ok) return done;
			if (done.value.events.length === 0) return ok(null);
			const { actor, address } = place;
			const { language } = found.booth;
			await audit.record({ target: language, ...record, actor, scope: found.scope, address });
			return ok(null);
		},

		async message({ actor, event, address }, id, body) {
			const to = mine({ actor, event }).filter(({ booth }) => id === null || booth.id === id);
			const [first] = to;
			if (!first) return NOT_FOUND;
			for (const { booth } of to) await booths.chat.send(booth.id, actor.person, actor.name, body);
			const target = id === null ? `${to.length} booths` : first.booth.language;
			const scope = id === null ? { event } : first.scope;
			await audit.record({ actor, action: 'desk.message_sent', scope, target, address });
			return ok(null);
		},

		async move({ actor, event, address }, id, to) {
			const entry = (await deskLog.of(event)).find((one) => one.id === id);
			const seen = mine({ actor, event }).find(({ booth }) => booth.id === entry?.booth);
			if (!entry || !seen) return refuse('not_found', 'There is no such matter at this desk.');
			if (!(await deskLog.move(event, id, to, actor.name)))
				return refuse('past', 'Somebody else has seen to it already.');
			const target = `${entry.kind} ${entry.code}`;
			const details = { state: to };
			await audit.record({
				...{ actor, action: 'desk.matter_moved', scope: seen.scope, target, details, address }
			});
			return ok(null);
		}
	};
}
