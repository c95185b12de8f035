import { isHeld, leastBusy } from '#lib/domain/captions/lease.ts';
import type { StopReason } from '#lib/domain/captions/session.ts';
import { accountOf } from '#lib/domain/captions/speech-service.ts';
import {
	captionStatus,
	type CaptionBlock,
	type CaptionStatus
} from '#lib/domain/captions/status.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type {
	SessionOffer,
	SessionWithdrawn,
	TrialOrder,
	TrialResult
} from '#lib/protocol/worker.ts';
import type { Log } from '../log.ts';
import type { ProviderKeys } from '../providers/keys.ts';
import { settingsMark, type CaptionChannel } from './channels.ts';
import { sessionOf } from './leases.ts';

/** A channel that has been silent for so short a time keeps its session: a publisher may be reconnecting. */
export const LINGER_MS = 10_000;
/** A worker that was offered a channel and did not take it is not asked again so soon. */
const OFFER_AGAIN_MS = 3_000;

/** A transcriber process that is connected to this portal. */
export type ConnectedWorker = {
	readonly id: string;
	readonly name: string;
	readonly capacity: number;
	readonly providers: readonly string[];
	/** What it runs, by its own word, and with which settings it began where that is known. */
	readonly held: Map<BoothId, { readonly epoch: number; mark: string | null }>;
	offer(offer: SessionOffer): void;
	withdraw(withdrawn: SessionWithdrawn): void;
	/** @throws when it does not answer in time */
	trial(order: TrialOrder): Promise<TrialResult>;
};

export type Keys = Pick<ProviderKeys, 'key'>;

/** Decides which channels get captions now, and from which of this portal's workers. */
export type Dispatch = {
	readonly workers: Set<ConnectedWorker>;
	/** Takes in how all channels stand, and acts on it. */
	round(channels: readonly CaptionChannel[]): Promise<void>;
	channel(booth: BoothId): CaptionChannel | null;
	/** Why the channel may not begin, whatever its sound. */
	block(channel: CaptionChannel): Promise<CaptionBlock | null>;
	status(booth: BoothId): CaptionStatus;
	/** Sessions that run in the installation. */
	running(): number;
	onStatus(listener: (booths: readonly BoothId[]) => void): () => void;
};

export function createDispatch({
	sound,
	keys,
	limit,
	log,
	now
}: {
	/** Null: it cannot be told just now. */
	sound: (booth: BoothId) => boolean | null;
	keys: Keys;
	limit: number;
	log: Log;
	now: () => number;
}): Dispatch {
	const workers = new Set<ConnectedWorker>();
	const soundAt = new Map<BoothId, number>();
	const offered = new Map<BoothId, Map<string, number>>();
	/** Whether a key can be read, by account and the moment it was set. */
	const readable = new Map<string, boolean>();
	const blocks = new Map<BoothId, CaptionBlock | null>();
	const told = new Map<BoothId, string>();
	const listeners = new Set<(booths: readonly BoothId[]) => void>();
	let channels: ReadonlyMap<BoothId, CaptionChannel> = new Map();
	let inUse = 0;

	async function block(channel: CaptionChannel): Promise<CaptionBlock | null> {
		if (!channel.consent) return 'consent_missing';
		const account = accountOf(channel.service, channel.server);
		if (account === null) return null;
		if (!channel.externalAllowed) return 'external_refused';
		const { provider, needsKey } = account;
		if (provider === null || channel.keySetAt === null) return needsKey ? 'key_missing' : null;
		const mark = `${channel.event} ${provider} ${channel.keySetAt}`;
		if (!readable.has(mark)) {
			const answer = await keys.key(channel.event, provider);
			readable.set(mark, answer.ok || answer.error.code !== 'key_unreadable');
		}
		return readable.get(mark) === false ? 'key_unreadable' : null;
	}

	function heard(booth: BoothId): boolean {
		const at = soundAt.get(booth);
		return at !== undefined && now() - at < LINGER_MS;
	}

	function see(): void {
		for (const [booth, { lease }] of channels) {
			const isThere = sound(booth);
			// What runs when this portal begins, or while nobody can say, goes on.
			const goesOn = isThere === null || !soundAt.has(booth);
			if (isThere === true || (goesOn && isHeld(lease, now()))) soundAt.set(booth, now());
		}
	}

	/** Whether a session that runs is to end. */
	function stopReason(channel: CaptionChannel | undefined, mark: string | null): StopReason | null {
		if (channel === undefined) return 'deleted';
		if (!channel.enabled) return 'switched_off';
		const why = blocks.get(channel.booth) ?? null;
		if (why === 'external_refused' || why === 'consent_missing') return 'switched_off';
		if (why !== null || (mark !== null && mark !== settingsMark(channel)))
			return 'settings_changed';
		return heard(channel.booth) ? null : 'off_air';
	}

	function withdraw(): void {
		for (const worker of workers)
			for (const [booth, held] of worker.held) {
				const channel = channels.get(booth);
				const reason = stopReason(channel, held.mark);
				if (reason !== null) worker.withdraw({ session: sessionOf(booth), reason });
				// It began while another portal, or this one in an earlier life, had it.
				else if (channel !== undefined) held.mark ??= settingsMark(channel);
			}
	}

	function offer(): void {
		const at = now();
		let free = limit - inUse;
		const begun = new Map<string, number>();
		for (const channel of channels.values()) {
			const { booth, enabled, service, lease } = channel;
			const wanted = enabled && blocks.get(booth) === null && sound(booth) === true;
			if (!wanted || isHeld(lease, at)) {
				offered.delete(booth);
				continue;
			}
			if (free <= 0) continue;
			const asked = offered.get(booth) ?? new Map<string, number>();
			const worker = leastBusy(
				[...workers]
					.filter((one) => one.providers.includes(service))
					.filter((one) => at - (asked.get(one.id) ?? -Infinity) >= OFFER_AGAIN_MS)
					.map((one) => ({
						one,
						name: one.id,
						running: one.held.size + (begun.get(one.id) ?? 0),
						capacity: one.capacity
					}))
			)?.one;
			if (worker === undefined) continue;
			free--;
			begun.set(worker.id, (begun.get(worker.id) ?? 0) + 1);
			offered.set(booth, asked.set(worker.id, at));
			worker.offer({ session: sessionOf(booth), channel: booth, provider: service });
		}
	}

	function status(booth: BoothId): CaptionStatus {
		const channel = channels.get(booth);
		if (channel === undefined) return { kind: 'off' };
		const { enabled, lease, phase } = channel;
		const facts = { enabled, lease, phase, running: inUse, limit };
		const why = blocks.get(booth) ?? null;
		return captionStatus({ ...facts, block: why, sound: heard(booth) }, now());
	}

	function tell(before: ReadonlyMap<BoothId, CaptionChannel>): void {
		const changed = [...new Set([...before.keys(), ...channels.keys()])].filter((booth) => {
			const next = JSON.stringify(status(booth));
			if (told.get(booth) === next) return false;
			if (channels.has(booth)) told.set(booth, next);
			else told.delete(booth);
			return true;
		});
		if (changed.length > 0) for (const listener of listeners) listener(changed);
	}

	/** The runbook's words, once for each time it comes to that. */
	function logBlock(channel: CaptionChannel, why: CaptionBlock | null): void {
		const { booth, service } = channel;
		if (why === null || why === blocks.get(booth)) return;
		const words = {
			consent_missing: 'captions: the people of the channel did not agree',
			external_refused: 'captions: the event does not allow external speech services',
			key_missing: 'API key missing',
			key_unreadable: 'Failed to decrypt'
		};
		log.warn({ booth, provider: service, code: why }, words[why]);
	}

	return {
		workers,
		block,
		status,
		running: () => inUse,
		channel: (booth) => channels.get(booth) ?? null,

		async round(next) {
			const found = await Promise.all(
				next.map(async (channel) => [channel, await block(channel)] as const)
			);
			const before = channels;
			for (const [channel, why] of found) {
				if (channel.enabled) logBlock(channel, why);
				blocks.set(channel.booth, why);
			}
			channels = new Map(next.map((channel) => [channel.booth, channel]));
			for (const map of [blocks, soundAt, offered])
				for (const booth of map.keys()) if (!channels.has(booth)) map.delete(booth);
			inUse = next.filter(({ lease }) => isHeld(lease, now())).length;
			see();
			withdraw();
			offer();
			tell(before);
		},

		onStatus(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		}
	};
}
