import { and, eq, gt, ne, sql } from 'drizzle-orm';
import { CAPTION_FAULT_CODES, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { accountOf } from '#lib/domain/captions/speech-service.ts';
import { eventId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { ProviderId } from '#lib/domain/providers.ts';
import type { Result } from '#lib/domain/result.ts';
import type { TrialOrder, TrialResult } from '#lib/protocol/worker.ts';
import { rowsOf, type Db } from '../db/database.ts';
import { booths, captionTrials } from '../db/schema.ts';
import { spokenLanguage, spokenTerms } from '../captions/channels.ts';
import type { Log } from '../log.ts';
import { repeating } from '../repeating.ts';

/** Nobody took it: no worker is there, at this portal or at another one. */
const TAKEN_WITHIN_MS = 6_000;
const DONE_WITHIN_MS = 35_000;
const ASK_EVERY_MS = 300;
const LOOK_EVERY_MS = 1_000;

/** What came of ten seconds of speech. */
export type TrialOutcome =
	| { readonly kind: 'no-worker' }
	| { readonly kind: 'no-answer' }
	/** One of this channel runs already. */
	| { readonly kind: 'busy' }
	| {
			readonly kind: 'ran';
			readonly text: string;
			/** From the first sound of a caption to its first words, and from its last sound to its final. */
			readonly firstTextMs: number | null;
			readonly finalMs: number | null;
			readonly fault: CaptionFault | null;
	  };

export type Trials = {
	/** Runs the channel's present settings; answers after some twelve seconds. */
	run(event: EventId, booth: BoothId): Promise<TrialOutcome>;
	start(): void;
	stop(): Promise<void>;
};

/**
 * Trials of speech providers. A worker belongs to one portal and the person who asks may be at another, so a
 * trial is a row that any portal with a worker takes.
 */
export function createTrials({
	db,
	worker,
	keys,
	log,
	takenWithinMs = TAKEN_WITHIN_MS,
	now = Date.now
}: {
	db: Db;
	/** A worker of this portal that runs the provider; null: none does. */
	worker: (provider: string) => {
		readonly id: string;
		trial(order: TrialOrder): Promise<TrialResult>;
	} | null;
	keys: {
		key(
			event: EventId,
			provider: ProviderId
		): Promise<Result<string, 'key_missing' | 'key_unreadable'>>;
	};
	log: Log;
	takenWithinMs?: number;
	now?: () => number;
}): Trials {
	let stopped = false;

	/** Takes one that waits, if a worker is here that can run it. */
	async function take(): Promise<void> {
		const waiting = await db
			.select({ id: captionTrials.id, provider: captionTrials.provider })
			.from(captionTrials)
			.where(
				and(
					eq(captionTrials.state, 'waiting'),
					gt(captionTrials.createdAt, new Date(now() - TAKEN_WITHIN_MS))
				)
			)
			.limit(5);
		for (const { id, provider } of waiting) {
			const chosen = worker(provider);
			if (chosen === null) continue;
			const [mine] = await db
				.update(captionTrials)
				.set({ state: 'running', worker: chosen.id })
				.where(and(eq(captionTrials.id, id), eq(captionTrials.state, 'waiting')))
				.returning();
			// Taken by another portal in the meantime, else run without holding up the next look.
			if (mine !== undefined)
				void attempt(mine, (order) => chosen.trial(order)).catch((error: unknown) =>
					log.warn({ err: error, provider }, 'a trial did not end')
				);
		}
	}

	async function attempt(
		trial: typeof captionTrials.$inferSelect,
		run: (order: TrialOrder) => Promise<TrialResult>
	): Promise<void> {
		const event = eventId(trial.eventId);
		const [booth] = await db.select().from(booths).where(eq(booths.id, trial.boothId));
		const server = booth?.transcriptionServer ?? '';
		const account = accountOf(trial.provider, server);
		const key =
			account === null || account.provider === null
				? null
				: await keys.key(event, account.provider);
		const result = await run({
			trial: trial.id,
			provider: trial.provider,
			model: trial.model,
			language: spokenLanguage(booth?.languageCode ?? '', booth?.transcriptionLanguageHint ?? ''),
			key: key?.ok === true ? key.value : null,
			server: server === '' ? null : server,
			hints: await spokenTerms(db, event)
		});
		await db
			.update(captionTrials)
			.set({
				state: 'done',
				text: result.text,
				firstTextMs: result.firstTextMs,
				finalMs: result.finalMs,
				fault: result.fault?.code ?? null,
				detail: result.fault?.detail.slice(0, 500) ?? '',
				endedAt: new Date(now())
			})
			.where(eq(captionTrials.id, trial.id));
	}

	const loop = repeating(take, {
		everyMs: LOOK_EVERY_MS,
		failed: (error) => log.error({ err: error }, 'trials not looked for; trying again')
	});

	return {
		async run(event, booth) {
			const [running] = await db
				.select({ id: captionTrials.id })
				.from(captionTrials)
				.where(
					and(
						eq(captionTrials.boothId, booth),
						ne(captionTrials.state, 'done'),
						gt(captionTrials.createdAt, new Date(now() - TAKEN_WITHIN_MS))
					)
				)
				.limit(1);
			if (running !== undefined) return { kind: 'busy' };
			const [trial] = rowsOf<{ id: string }>(
				await db.execute(sql`
					insert into ${captionTrials} (event_id, booth_id, provider, model)
					select event_id, id, transcription_provider, transcription_model from ${booths}
					where id = ${booth} and event_id = ${event} returning id`)
			);
			if (trial === undefined) return { kind: 'no-worker' };
			await take();
			const begun = now();
			for (;;) {
				const [row] = await db.select().from(captionTrials).where(eq(captionTrials.id, trial.id));
				if (row?.state === 'done') return outcomeOf(row);
				const waitedMs = now() - begun;
				if (row === undefined || (row.state === 'waiting' && waitedMs > takenWithinMs))
					return { kind: 'no-worker' };
				if (waitedMs > DONE_WITHIN_MS || stopped) return { kind: 'no-answer' };
				await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
			}
		},

		start: loop.start,

		async stop() {
			stopped = true;
			await loop.stop();
		}
	};
}

function outcomeOf(row: typeof captionTrials.$inferSelect): TrialOutcome {
	const { text, firstTextMs, finalMs, detail } = row;
	const code = CAPTION_FAULT_CODES.find((one) => one === row.fault);
	return {
		kind: 'ran',
		text,
		firstTextMs,
		finalMs,
		fault: code === undefined ? null : { code, detail }
	};
}
