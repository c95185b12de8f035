import { FADE_S, openEarGraph, type EarGraph } from './ear-graph.ts';
import { openEarLine, type EarLine } from './ear-line.ts';
import { choicesFrom, factor, mixOf, type EarChoices } from './ear-mix.ts';
import { MINUTE_DBFS } from './hearing-guard.ts';
import { SILENCE, type Level } from './levels.ts';
import type { TicketSource } from './read-ticket.ts';
import type { WhepStatus } from './whep.ts';

const STEP_S = 0.03;

/**
 * What an interpreter listens to: the floor or another booth, and the boothmate while standing by. The floor's
 * line stays open behind a relay, so that it is there at once when the other booth falls silent.
 */
export class Monitor {
	/** Of the source that was chosen: the floor, or the booth relayed from. */
	status = $state.raw<WhepStatus | null>(null);
	level = $state.raw<Level>(SILENCE);
	mateStatus = $state.raw<WhepStatus | null>(null);
	choices = $state.raw<EarChoices>(choicesFrom(null));
	muted = $state(false);
	/** Media path of the booth that is listened to instead of the floor. */
	relayPath = $state<string | null>(null);
	/** A minute's mean was above what hearing takes for long; the person should turn it down. */
	loud = $state(false);
	/** The browser gave the loudspeaker away (a call), or waits for a press. */
	held = $state(false);

	readonly #memoryKey: string;
	#tickets: TicketSource | null = null;
	#graph: EarGraph | null = null;
	#floor: EarLine | null = null;
	#relay: EarLine | null = null;
	#mate: EarLine | null = null;
	#wantedFloor = '';
	#relayHeard = false;
	#floorStatus: WhepStatus | null = null;
	#floorLevel: Level = SILENCE;

	/** @param memoryKey where the choices are kept on this device */
	constructor(memoryKey: string) {
		this.#memoryKey = memoryKey;
		this.choices = choicesFrom(remembered(memoryKey));
	}

	get volume(): number {
		return this.choices.volume;
	}

	/** Listens to a room's floor from now on. Must come from a press, or the browser keeps it silent. */
	listen(path: string, tickets: TicketSource): void {
		this.close();
		this.#tickets = tickets;
		this.#wantedFloor = path;
		const graph = openEarGraph();
		this.#graph = graph;
		graph.onState((state) => (this.held = state !== 'running' && state !== 'closed'));
		graph.onMinute((minuteDb) => (this.loud = minuteDb > MINUTE_DBFS));
		this.#floor = this.#open(path, {
			onStatus: (status) => {
				this.#floorStatus = status;
				if (!this.#relay) this.status = status;
			},
			onLevel: (level) => {
				this.#floorLevel = level;
				if (!this.#relay) this.level = level;
			}
		});
		this.#apply(0);
	}

	/** Listens to another booth instead of the floor; null for the floor. */
	relay(path: string | null): void {
		if (path === this.relayPath) return;
		this.#relay?.close();
		this.#relay = null;
		this.#relayHeard = false;
		this.relayPath = path;
		this.status = this.#floorStatus;
		this.level = this.#floorLevel;
		if (path !== null)
			this.#relay = this.#open(path, {
				onStatus: (status) => {
					this.status = status;
					this.#relayHeard = status.kind === 'playing';
					this.#apply(FADE_S);
				},
				onLevel: (level) => (this.level = level)
			});
		this.#apply(FADE_S);
	}

	/**
	 * Listens to the boothmate beside the source; null for not any more. The caller sees to it that the own voice
	 * cannot be in that sound.
	 */
	mate(path: string | null): void {
		if (path === (this.#mate?.path ?? null)) return;
		this.#mate?.close();
		this.mateStatus = null;
		this.#mate =
			path === null
				? null
				: this.#open(path, {
						onStatus: (status) => {
							this.mateStatus = status;
							this.#apply(FADE_S);
						},
						onLevel: () => undefined
					});
		this.#apply(FADE_S);
	}

	choose(change: Partial<EarChoices>): void {
		this.choices = { ...this.choices, ...change };
		this.#apply(STEP_S);
		try {
			localStorage.setItem(this.#memoryKey, JSON.stringify(this.choices));
		} catch {
			// Private mode: set again next time.
		}
	}

	setMuted(muted: boolean): void {
		this.muted = muted;
		this.#apply(STEP_S);
	}

	/** After a call, or where the browser waited for a press. */
	resume(): void {
		this.#graph?.resume();
	}

	/** Builds the lines anew. Must come from a press. */
	restart(): void {
		const { relayPath } = this;
		const mate = this.#mate?.path ?? null;
		if (!this.#tickets) return;
		this.listen(this.#wantedFloor, this.#tickets);
		this.relay(relayPath);
		this.mate(mate);
	}

	close(): void {
		for (const line of [this.#floor, this.#relay, this.#mate]) line?.close();
		this.#floor = this.#relay = this.#mate = null;
		this.#graph?.close();
		this.#graph = null;
		this.relayPath = null;
		this.#relayHeard = false;
		this.status = this.mateStatus = this.#floorStatus = null;
		this.held = this.loud = false;
	}

	#open(
		path: string,
		on: { onStatus: (status: WhepStatus) => void; onLevel: (level: Level) => void }
	): EarLine | null {
		if (!this.#graph || !this.#tickets) return null;
		return openEarLine({
			...{ path, tickets: this.#tickets, graph: this.#graph, fadeInSeconds: FADE_S },
			...on
		});
	}

	#apply(seconds: number): void {
		const { choices, muted } = this;
		const mix = mixOf({
			...{ choices, muted, relayed: this.#relayHeard },
			mate: this.mateStatus?.kind === 'playing'
		});
		this.#floor?.fadeTo(mix.floor, seconds);
		this.#relay?.fadeTo(mix.relay, seconds);
		this.#mate?.fadeTo(mix.mate, seconds);
		this.#graph?.setVolume(factor(choices.volume));
		this.#graph?.setTone(choices.bass, choices.treble);
	}
}

function remembered(key: string): unknown {
	try {
		return JSON.parse(localStorage.getItem(key) ?? 'null') as unknown;
	} catch {
		return null;
	}
}
