import type { Bearer } from './verifier.ts';

/** Longer than the tolerance for clocks that differ. */
const KEPT_AFTER_EXPIRY_MS = 5_000;

/**
 * Tickets that have opened their one session: a publish token that somebody copied opens nothing more.
 * Bounded by how many tickets are made within their short life.
 */
export class SpentTickets {
	readonly #forgetAtMs = new Map<string, number>();

	has({ ticket }: Bearer): boolean {
		return ticket !== null && this.#forgetAtMs.has(ticket.id);
	}

	/** @param nowMs epoch ms */
	spend({ ticket }: Bearer, nowMs: number): void {
		for (const [id, forgetAtMs] of this.#forgetAtMs)
			if (forgetAtMs < nowMs) this.#forgetAtMs.delete(id);
		if (ticket !== null)
			this.#forgetAtMs.set(ticket.id, ticket.expiresAtSeconds * 1000 + KEPT_AFTER_EXPIRY_MS);
	}
}
