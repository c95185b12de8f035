import type { PlaySession } from './play-session.ts';

/** The RTSP readers that have not ended, for the control API. */
export class RtspSessionList {
	readonly #byId = new Map<string, PlaySession>();

	add(session: PlaySession): void {
		this.#byId.set(session.id, session);
	}

	remove(session: PlaySession): void {
		this.#byId.delete(session.id);
	}

	get(id: string): PlaySession | null {
		return this.#byId.get(id) ?? null;
	}

	list(): PlaySession[] {
		return [...this.#byId.values()];
	}
}
