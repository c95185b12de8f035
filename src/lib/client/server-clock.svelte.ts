/** The server's clock as this page knows it, so that a countdown ends when the server says it does. */
export class ServerClock {
	/** Epoch ms of the server; moves with `tick`. */
	now = $state(Date.now());
	#aheadMs: number | null = null;

	/** Takes a time the server has just sent. The least delayed one is the nearest to the truth. */
	hear(serverNow: number): void {
		this.#aheadMs = Math.max(this.#aheadMs ?? -Infinity, serverNow - Date.now());
		this.tick();
	}

	/** After a long pause one of the two clocks may have been set anew. */
	reset(): void {
		this.#aheadMs = null;
	}

	tick(): void {
		this.now = Date.now() + (this.#aheadMs ?? 0);
	}
}
