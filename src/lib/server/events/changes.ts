import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import type { Actor, Scope } from '#lib/domain/access/policy.ts';
import { PORTAL } from '#lib/domain/booth/command.ts';
import type { BoothId, EventId } from '#lib/domain/ids.ts';
import type { Audit } from '../audit/audit.ts';
import type { Booths } from '../booths/service.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Db } from '../db/database.ts';
import { inParallel } from '../media/in-parallel.ts';
import type { Rights } from '../realtime/rights.ts';
import type { Channels } from './channels.ts';

/** Who changes something, and from where, for the record. */
export type By = { readonly actor: Actor; readonly address: string | null };

export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** What the organising services share: the database, and what has to hear of a change once it is committed. */
export type ChangeParts = {
	readonly db: Db;
	readonly audit: Pick<Audit, 'record'>;
	readonly booths: Pick<Booths, 'command' | 'known'>;
	readonly channels: Pick<Channels, 'refresh'>;
	readonly reconciler: Pick<Reconciler, 'refresh'>;
	readonly rights: Pick<Rights, 'changed'>;
	readonly now?: () => number;
};

export type Changes = {
	record(
		by: By,
		action: AuditAction,
		scope: Scope,
		target: string,
		details?: Record<string, unknown>
	): Promise<void>;
	/** After a committed change of rooms or booths: media paths are made or removed, listeners are told. */
	channelsChanged(event: EventId): Promise<void>;
	/**
	 * After something was deleted: open pages and publishers in it end too. Without this a deleted booth would go on
	 * talking until somebody reloads.
	 */
	placesGone(event: EventId): Promise<void>;
	/** Takes publishers off the air before their booths go; a booth that is busy is caught by the reconciler. */
	close(booths: readonly BoothId[]): Promise<void>;
	/** Lets booths be used again after they were brought back. Nobody goes on air by it. */
	open(booths: readonly BoothId[]): Promise<void>;
	/** Whether somebody sits in one of the booths, so that their address must not change under them. */
	inUse(booths: readonly BoothId[]): boolean;
};

const CLOSED_AT_ONCE = 8;

export function createChanges({
	audit,
	booths,
	channels,
	reconciler,
	rights
}: ChangeParts): Changes {
	const commandAll = async (ids: readonly BoothId[], type: 'close' | 'open'): Promise<void> => {
		const jobs = ids.map((id) => async () => void (await booths.command(id, { type }, PORTAL)));
		const [error] = await inParallel(jobs, CLOSED_AT_ONCE);
		if (error !== undefined) throw error;
	};
	return {
		record: (by, action, scope, target, details = {}) =>
			audit.record({ ...by, action, scope, target, details }),

		async channelsChanged(event) {
			await Promise.all([reconciler.refresh(), channels.refresh(event)]);
		},

		async placesGone(event) {
			await Promise.all([reconciler.refresh(), channels.refresh(event), rights.changed({ event })]);
		},

		close: (ids) => commandAll(ids, 'close'),
		open: (ids) => commandAll(ids, 'open'),

		inUse: (ids) => ids.some((id) => (booths.known.get(id)?.state.participants.length ?? 0) > 0)
	};
}
