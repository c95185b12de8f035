import { TURN_LONG_MS, turnLength, type TurnLength } from '#lib/domain/desk/turns.ts';
import type { BoothView } from '#lib/protocol/booth.ts';

/** The fair-turn clock of a console: whose turn, how long, and a word when a change is near or due. */
export class TurnWatch {
	/** Of the one on air, ms; null when nobody is. */
	lasted = $state<number | null>(null);
	length = $state<TurnLength>('fine');
	readonly limitMs = TURN_LONG_MS;
	readonly #tell: (code: 'turn_soon' | 'turn_long') => void;
	#toldOf: string | null = null;

	constructor(tell: (code: 'turn_soon' | 'turn_long') => void) {
		this.#tell = tell;
	}

	/** @param now epoch ms of the server's clock */
	look({ turnSince, phase, you }: BoothView, now: number): void {
		const isLive = phase.kind === 'live' || phase.kind === 'handing-over';
		if (turnSince === null || !isLive) {
			this.lasted = null;
			this.length = 'fine';
			return;
		}
		this.lasted = Math.max(0, now - turnSince);
		this.length = turnLength(turnSince, now);
		// Once for each turn and step, and only to the one who speaks.
		const mark = `${turnSince} ${this.length}`;
		if (this.length === 'fine' || phase.active.seat !== you.seat || mark === this.#toldOf) return;
		this.#toldOf = mark;
		this.#tell(this.length === 'soon' ? 'turn_soon' : 'turn_long');
	}
}
