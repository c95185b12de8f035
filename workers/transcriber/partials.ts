import type { WorkerPartial } from '#lib/protocol/worker.ts';

/** More often nobody can read it. */
const EVERY_MS = 150;

/** Sends the newest guess of a session, at most a few a second, and none that its final has overtaken. */
export class Partials {
	readonly #send: (partial: WorkerPartial) => void;
	#newest: WorkerPartial | null = null;
	#timer: NodeJS.Timeout | undefined;
	#sentAt = 0;

	constructor(send: (partial: WorkerPartial) => void) {
		this.#send = send;
	}

	add(partial: WorkerPartial): void {
		this.#newest = partial;
		if (this.#timer !== undefined) return;
		const waitMs = this.#sentAt + EVERY_MS - Date.now();
		if (waitMs <= 0) this.#flush();
		else this.#timer = setTimeout(() => this.#flush(), waitMs);
	}

	/** The utterance has become final. */
	clear(): void {
		this.#newest = null;
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#flush(): void {
		const partial = this.#newest;
		this.clear();
		if (partial === null) return;
		this.#sentAt = Date.now();
		this.#send(partial);
	}
}
