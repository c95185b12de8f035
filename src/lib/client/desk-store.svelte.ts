import { inDeskOrder } from '#lib/domain/desk/order.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import type { DeskBooth, DeskChanges, DeskEntry, DeskSnapshot } from '#lib/protocol/control.ts';
import type { LinkState } from './joined-socket.ts';
import { chime } from './chime.ts';
import { openControlLink, type ControlLink, type ControlRequest } from './control-socket.ts';
import { Monitor } from './monitor.svelte.ts';
import type { TicketSource } from './read-ticket.ts';
import { ServerClock } from './server-clock.svelte.ts';

const TICK_MS = 1_000;

/** One coordinator's desk: what the portal shows, what is listened to, and the acts. Never in any booth. */
export class DeskStore {
	link = $state.raw<LinkState>({ kind: 'left' });
	event = $state.raw<DeskSnapshot['event'] | null>(null);
	rooms = $state.raw<DeskSnapshot['rooms']>([]);
	mediaOk = $state(true);
	entries = $state.raw<readonly DeskEntry[]>([]);
	/** Booth that is listened to; silent until one is chosen. */
	heard = $state<number | null>(null);
	refusal = $state<string | null>(null);
	/** New alerts and calls sound; off when the coordinator says so. */
	aloud = $state(true);
	readonly clock = new ServerClock();
	readonly ears = new Monitor('desk-ears');
	readonly #place: string;
	readonly #tickets: TicketSource;
	#booths = $state.raw<readonly DeskBooth[]>([]);
	#link: ControlLink | null = null;
	#timer: ReturnType<typeof setInterval> | undefined;

	constructor(event: string, tickets: TicketSource) {
		this.#place = event;
		this.#tickets = tickets;
	}

	readonly booths: readonly DeskBooth[] = $derived.by(() => inDeskOrder(this.#booths, this.rooms));

	open(): void {
		this.#link = openControlLink(
			{ as: 'desk', event: this.#place },
			{
				onLink: (state) => (this.link = state),
				onFirst: (first) => this.#first(first as DeskSnapshot),
				onChanges: (changes) => this.#take(changes),
				onSpeaker: () => undefined
			}
		);
		this.#timer = setInterval(() => this.clock.tick(), TICK_MS);
	}

	close(): void {
		clearInterval(this.#timer);
		this.ears.close();
		this.#link?.close();
		this.#link = null;
	}

	/** Listens to one booth instead of whatever was heard; null is silence. Must come from a press. */
	listen(booth: number | null): void {
		const path = this.#booths.find((one) => one.booth === booth)?.path;
		this.heard = path === undefined ? null : booth;
		if (path === undefined) this.ears.close();
		else this.ears.listen(path, this.#tickets);
	}

	async setOpen(booth: number, open: boolean): Promise<boolean> {
		return this.#ask(open ? 'control:open' : 'control:close', { booth });
	}

	async setActive(booth: number, seat: SeatId): Promise<boolean> {
		return this.#ask('control:set-active', { booth, seat });
	}

	async takeOff(booth: number, reason: string): Promise<boolean> {
		return this.#ask('control:take-off', { booth, reason });
	}

	/** To one booth, or to all of this desk. */
	async message(booth: number | null, body: string): Promise<boolean> {
		return this.#ask('control:message', { booth, body });
	}

	async move(id: string, state: 'handled' | 'done'): Promise<boolean> {
		return this.#ask('control:move', { id, state });
	}

	async #ask(name: ControlRequest, input: object): Promise<boolean> {
		if (!this.#link) return false;
		this.refusal = null;
		const answer = await this.#link.request(name, input);
		if (!answer.ok) this.refusal = answer.error.code;
		return answer.ok;
	}

	#first(snapshot: DeskSnapshot): void {
		this.clock.reset();
		this.clock.hear(snapshot.serverNow);
		this.event = snapshot.event;
		this.rooms = snapshot.rooms;
		this.mediaOk = snapshot.mediaOk;
		this.entries = snapshot.entries;
		this.#booths = snapshot.booths;
	}

	#take({ booths, gone, entries, mediaOk, serverNow }: DeskChanges): void {
		this.clock.hear(serverNow);
		this.mediaOk = mediaOk;
		// Each in its place, so that cards do not wander; the new ones last.
		const fresh = (id: number) => booths.find(({ booth }) => booth === id);
		const kept = this.#booths.filter(({ booth }) => !gone.includes(booth));
		const known = kept.map(({ booth }) => booth);
		this.#booths = [
			...kept.map((one) => fresh(one.booth) ?? one),
			...booths.filter(({ booth }) => !known.includes(booth))
		];
		if (this.heard !== null && gone.includes(this.heard)) this.listen(null);
		if (entries === null) return;
		const isNews = entries.some(
			({ id, state }) => state === 'open' && !this.entries.some((one) => one.id === id)
		);
		this.entries = entries;
		if (isNews && this.aloud) chime();
	}
}
