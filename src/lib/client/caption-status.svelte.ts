import type { CaptionStatus } from '#lib/domain/captions/status.ts';

const ASK_EVERY_MS = 3_000;
const REQUEST_TIMEOUT_MS = 6_000;

/** How the captions of a floor stand, for a page that has no booth socket: asked for while it is looked at. */
export class FloorCaptionStatus {
	status = $state.raw<CaptionStatus>({ kind: 'off' });
	/** Epoch ms on the server's clock, as of the last answer. */
	now = $state(0);
	readonly #url: string;

	constructor(event: string, room: string | null) {
		const query = room === null ? '' : `?room=${encodeURIComponent(room)}`;
		this.#url = `/api/events/${encodeURIComponent(event)}/booths/floor/captions${query}`;
	}

	/** Begins to ask; the returned function ends it. */
	watch(): () => void {
		let over = false;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const ask = async (): Promise<void> => {
			if (document.visibilityState === 'visible') await this.#ask();
			if (!over) timer = setTimeout(() => void ask(), ASK_EVERY_MS);
		};
		void ask();
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}

	async #ask(): Promise<void> {
		try {
			const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
			const response = await fetch(this.#url, { cache: 'no-store', signal });
			if (!response.ok) return;
			const body = (await response.json()) as { status: CaptionStatus; serverNow: number };
			this.status = body.status;
			this.now = body.serverNow;
		} catch {
			// The page says itself that the portal is away; the next round asks again.
		}
	}
}
