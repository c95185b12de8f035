import type { RelayOption } from '#lib/protocol/booth.ts';
import type { BoothStore } from './booth-store.svelte.ts';
import type { Monitor } from './monitor.svelte.ts';
import {
	canRelay,
	FLOOR_KEY,
	rememberedKeys,
	rememberKeys,
	sourceKeys,
	type SourceKey
} from './relay-keys.ts';

/**
 * What this interpreter interprets from: the floor or another booth. The portal is told, so that loops are refused and
 * others see a relay of a relay; the ears follow. A pivot that falls silent gives the floor back at once.
 */
export class SourceChoice {
	/** Booth that is listened to; null: the floor. */
	booth = $state<number | null>(null);
	readonly #store: BoothStore;
	readonly #ears: Monitor;
	readonly #memoryKey: string;
	#kept = $state.raw<readonly (number | null)[]>([]);

	constructor(store: BoothStore, ears: Monitor, room: string) {
		this.#store = store;
		this.#ears = ears;
		this.#memoryKey = `booth-sources:${room}`;
		this.#kept = rememberedKeys(this.#memoryKey);
	}

	get options(): readonly RelayOption[] {
		return this.#store.view?.relays ?? [];
	}

	readonly keys: readonly SourceKey[] = $derived.by(() => sourceKeys(this.#kept, this.options));

	option(key: SourceKey): RelayOption | undefined {
		return key.kind === 'floor' ? undefined : this.options.find(({ booth }) => booth === key.booth);
	}

	isChosen(key: SourceKey): boolean {
		return this.booth === (key.kind === 'floor' ? null : key.booth);
	}

	may(key: SourceKey): boolean {
		return key.kind === 'floor' || canRelay(this.option(key));
	}

	setKey(index: number, key: SourceKey): void {
		const keys = this.keys.map((one, n) => (n === index ? key : one));
		rememberKeys(this.#memoryKey, keys);
		this.#kept = keys.map((one) => (one.kind === 'floor' ? null : one.booth));
	}

	async choose(key: SourceKey): Promise<void> {
		if (!this.may(key) || this.isChosen(key)) return;
		const from = key.kind === 'floor' ? null : key.booth;
		if (!(await this.#store.sayRelay(from))) return;
		this.booth = from;
		this.#ears.relay(this.option(key)?.path ?? null);
	}

	/** After each look at the booth. */
	follow(): void {
		if (this.booth === null || this.#store.view === null) return;
		if (canRelay(this.options.find(({ booth }) => booth === this.booth))) return;
		this.booth = null;
		this.#ears.relay(null);
		this.#store.notices.add('relay_lost');
		void this.#store.sayRelay(null);
	}

	/** The floor again, without a word: the page leaves the booth. */
	reset(): void {
		this.booth = null;
	}

	readonly floor = FLOOR_KEY;
}
