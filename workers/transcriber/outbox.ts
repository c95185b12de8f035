import type { Answer } from '#lib/protocol/answer.ts';
import type { FinalStored, WorkerFinal } from '#lib/protocol/worker.ts';
import type { Logger } from 'pino';

/** So many finals are kept for a portal that is away: some hours of speech on ten channels. */
const KEPT_MAX = 20_000;
const RETRY_MS = 2_000;

/** The portal will never take such a final; keeping it would hold up the ones behind it. */
const HOPELESS: readonly string[] = ['invalid_input', 'lease_lost', 'not_found'];

/**
 * Finals on their way to the portal. Each is kept until it is acknowledged and sent again as often as it
 * takes; its id makes that harmless. Within a session one at a time, so that a final that got lost on the way
 * is never overtaken by the next one.
 */
export class Outbox {
	readonly #queues = new Map<string, WorkerFinal[]>();
	readonly #sending = new Set<string>();
	readonly #send: (final: WorkerFinal) => Promise<Answer<FinalStored>>;
	readonly #log: Logger;
	#open = false;
	#size = 0;
	#idle: (() => void)[] = [];

	/** @param send rejects when no answer came */
	constructor(send: (final: WorkerFinal) => Promise<Answer<FinalStored>>, log: Logger) {
		this.#send = send;
		this.#log = log;
	}

	get size(): number {
		return this.#size;
	}

	add(final: WorkerFinal): void {
		const queue = this.#queues.get(final.session) ?? [];
		this.#queues.set(final.session, queue);
		queue.push(final);
		this.#size++;
		if (this.#size > KEPT_MAX) {
			queue.shift();
			this.#size--;
			this.#log.error({ session: final.session }, 'captions kept for the portal overflow');
		}
		this.#pump(final.session);
	}

	/** The portal is there: everything that is kept goes out. */
	open(): void {
		this.#open = true;
		for (const session of this.#queues.keys()) this.#pump(session);
	}

	/** The portal is away: keep everything. */
	close(): void {
		this.#open = false;
	}

	/** Resolves when nothing is kept any more, of one session or of all. */
	async emptied(session?: string): Promise<void> {
		const left = (): number =>
			session === undefined ? this.#size : (this.#queues.get(session)?.length ?? 0);
		while (left() > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
	}

	#pump(session: string): void {
		const [final] = this.#queues.get(session) ?? [];
		if (final === undefined || !this.#open || this.#sending.has(session)) return;
		this.#sending.add(session);
		void this.#send(final)
			.then(
				(answer) => this.#answered(final, answer),
				() => false
			)
			.then((gone) => {
				this.#sending.delete(session);
				if (gone) this.#pump(session);
				else setTimeout(() => this.#pump(session), RETRY_MS).unref();
			});
	}

	/** @returns whether the final needs no more care */
	#answered(final: WorkerFinal, answer: Answer<FinalStored>): boolean {
		if (!answer.ok) {
			const { code } = answer.error;
			this.#log.warn({ code, id: final.id }, 'the portal did not store a caption');
			if (!HOPELESS.includes(code)) return false;
		}
		const queue = this.#queues.get(final.session) ?? [];
		if (queue[0] === final) {
			queue.shift();
			this.#size--;
		}
		if (queue.length === 0) this.#queues.delete(final.session);
		for (const resolve of this.#idle.splice(0)) resolve();
		return true;
	}
}
