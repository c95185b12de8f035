import { performance } from 'node:perf_hooks';
import type { CloseReason, WebRtcSession } from './session.ts';

const CHECK_EVERY_MS = 250;

/** Every WebRTC session that has not ended, by id (control API) and by secret (WHIP/WHEP URLs). */
export class Sessions {
	readonly #byId = new Map<string, WebRtcSession>();
	readonly #bySecret = new Map<string, WebRtcSession>();
	readonly #timer: NodeJS.Timeout;
	readonly #limit: number;

	constructor(limit: number) {
		this.#limit = limit;
		this.#timer = setInterval(() => {
			const nowMs = performance.now();
			for (const session of [...this.#byId.values()]) session.check(nowMs);
		}, CHECK_EVERY_MS);
	}

	get full(): boolean {
		return this.#byId.size >= this.#limit;
	}

	add(session: WebRtcSession): void {
		this.#byId.set(session.id, session);
		this.#bySecret.set(session.secret, session);
	}

	remove(session: WebRtcSession): void {
		this.#byId.delete(session.id);
		this.#bySecret.delete(session.secret);
	}

	get(id: string): WebRtcSession | null {
		return this.#byId.get(id) ?? null;
	}

	bySecret(secret: string): WebRtcSession | null {
		return this.#bySecret.get(secret) ?? null;
	}

	/** Oldest first. */
	list(): WebRtcSession[] {
		return [...this.#byId.values()];
	}

	/** Publishers first: they are few, and goodbyes are limited. */
	closeAll(reason: CloseReason): void {
		clearInterval(this.#timer);
		const all = this.list();
		for (const session of all) if (session.state === 'publish') session.close(reason);
		for (const session of all) session.close(reason);
	}
}
