import type { SeatId } from '#lib/domain/ids.ts';
import type {
	BoothAct,
	BoothJoined,
	BoothParticipant,
	BoothView,
	ChatMessage
} from '#lib/protocol/booth.ts';
import { isOnAir, rightOf, type AirAct } from './air.ts';
import {
	openBoothLink,
	type BoothAddress,
	type BoothLink,
	type BoothRequest,
	type LinkState
} from './booth-socket.ts';
import { chime } from './chime.ts';
import { awaitsMe } from './handover-view.ts';
import { ConsoleNotices } from './console-notices.svelte.ts';
import { onWindow } from './on-window.ts';
import { OwnVoice } from './own-voice.svelte.ts';
import { fetchPublishTicket, whipUrlFor } from './publish-ticket.ts';
import { retryDelayMs } from './retry-delay.ts';
import { ServerClock } from './server-clock.svelte.ts';
import { situationOf, warningOf } from './situation.ts';
import type { SoundSource } from './sound-source.svelte.ts';
import { isBad } from './uplink.ts';
import { keepScreenOn } from './wake-lock.ts';

const TICK_MS = 250;
/** How often, and how many times, the portal is told that the sound should be there. */
const ARRIVED_EVERY_MS = 200;
const ARRIVED_TIMES = 15;

/** One interpreter's page in one booth: presses go out, views of the booth come in, the own voice follows. */
export class BoothStore {
	link = $state.raw<LinkState>({ kind: 'left' });
	view = $state.raw<BoothView | null>(null);
	chat = $state.raw<readonly ChatMessage[]>([]);
	/** Acts on their way to the portal. */
	pending = $state.raw<readonly BoothRequest[]>([]);
	/** Code of the last refused act; cleared by the next act. */
	refusal = $state<string | null>(null);
	readonly clock = new ServerClock();
	readonly notices = new ConsoleNotices();
	readonly source: SoundSource;
	readonly voice: OwnVoice;
	readonly #address: BoothAddress;
	#link: BoothLink | null = null;
	#asksAgain = 0;
	#askAgainAt = 0;
	#stops: (() => void)[] = [];

	/** @param whipUrl `GET` answers a `PublishTicket`; without query */
	constructor(address: BoothAddress, whipUrl: string, source: SoundSource) {
		this.#address = address;
		this.source = source;
		this.voice = new OwnVoice({
			source,
			ticket: () =>
				fetchPublishTicket(whipUrlFor(whipUrl, address.room, this.view?.you.seat ?? null)),
			onConnected: () => void this.#sayArrived(),
			onRetryDue: () => this.#reconsider()
		});
	}

	readonly situation = $derived.by(() =>
		situationOf({
			phase: this.view?.phase ?? null,
			seat: this.view?.you.seat ?? null,
			link: this.link,
			intent: this.voice.intent,
			line: this.voice.line,
			muted: this.voice.muted,
			coughing: this.voice.coughing
		})
	);

	readonly warning = $derived.by(() => {
		if (this.view === null) return null;
		const { intent, line, fault, quality } = this.voice;
		return warningOf({
			air: this.situation.air,
			intent,
			line,
			link: this.link,
			mediaOk: this.view.media_ok,
			sourceGone: this.source.state.kind === 'gone',
			voice: fault,
			uplinkBad: this.view.ingest_status === 'overloaded' || (quality !== null && isBad(quality))
		});
	});

	readonly me: BoothParticipant | null = $derived.by(
		() => this.view?.participants.find(({ seat }) => seat === this.view?.you.seat) ?? null
	);
	may(act: BoothAct): boolean {
		return this.link.kind === 'joined' && (this.view?.you.acts.includes(act) ?? false);
	}

	isPending(...acts: BoothAct[]): boolean {
		return acts.some((act) => this.pending.includes(`booth:${act}`));
	}

	/** Takes a seat in the booth. Never goes on air. */
	enter(): void {
		if (this.#link) return;
		this.notices.clear();
		this.#link = openBoothLink(this.#address, {
			onLink: (state) => this.#onLink(state),
			onJoined: (joined) => this.#onJoined(joined),
			onState: (view) => this.#onView(view),
			onChat: (message) => (this.chat = [...this.chat, message]),
			onNotice: (notice) => {
				if (this.view) this.notices.hear(notice, this.view.phase, this.view.you.seat);
			}
		});
		this.source.onChanged = () => this.#onSource();
		const timer = setInterval(() => this.#tick(), TICK_MS);
		this.#stops = [
			() => clearInterval(timer),
			keepScreenOn(),
			onWindow('pagehide', () => this.voice.forget()),
			onWindow('online', () => this.voice.hurry()),
			onWindow('beforeunload', (event) => {
				if (this.voice.isWanted) event.preventDefault();
			})
		];
	}

	/** Shuts the microphone and gives the seat up. */
	async leave(): Promise<void> {
		const link = this.#link;
		this.#stopAll();
		await link?.leave();
		this.view = null;
	}

	/** The page goes; the portal keeps the seat for its grace. */
	destroy(): void {
		this.#link?.close();
		this.#stopAll();
	}

	/** The one deliberate act that opens the microphone; called by a press and nothing else. */
	async goLive(): Promise<void> {
		await this.#towardsAir('go-live');
	}

	async stop(): Promise<void> {
		// The line closes here and now, also when the portal does not answer.
		this.voice.forget();
		await this.#ask('booth:stop');
	}

	async offer(seat: SeatId): Promise<void> {
		await this.#ask('booth:offer', { seat });
	}

	/** Asks for the microphone. It opens when the colleague agrees, and stays shut when nobody is on air. */
	async request(): Promise<void> {
		await this.#towardsAir('request');
	}

	/** Takes the microphone that is offered, or gives it to the one who asks. */
	async accept(): Promise<void> {
		const { view } = this;
		if (view && rightOf(view.phase, view.you.seat) === 'offered') await this.#towardsAir('accept');
		else await this.#ask('booth:accept');
	}

	async decline(): Promise<void> {
		await this.#ask('booth:decline');
	}

	/** Withdraws what I offered, asked for or accepted. */
	async cancel(): Promise<void> {
		const { view } = this;
		if (view && !isOnAir(view.phase, view.you.seat)) this.voice.forget();
		await this.#ask('booth:cancel');
	}

	/** As a coordinator. */
	async setActive(seat: SeatId): Promise<void> {
		await this.#ask('booth:set-active', { seat });
	}

	/** As a coordinator. */
	async setOpen(open: boolean): Promise<void> {
		await this.#ask(open ? 'booth:open' : 'booth:close');
	}

	/** True when the message was taken. */
	async say(body: string): Promise<boolean> {
		return this.#ask('booth:chat', { body });
	}

	async #towardsAir(act: AirAct): Promise<void> {
		if (!this.source.isOpen) {
			this.refusal = 'microphone_closed';
			return;
		}
		const pressed = this.voice.press(act);
		const taken = await this.#ask(`booth:${act}`);
		if (!taken && this.voice.intent === pressed) this.voice.forget();
		this.#reconsider();
	}

	/** Each public method pairs a name with its own input; the pair cannot be written as one type. */
	async #ask(name: BoothRequest, input: object = {}): Promise<boolean> {
		if (!this.#link) return false;
		this.refusal = null;
		this.pending = [...this.pending, name];
		const answer = await this.#link.request(name, input as never);
		this.pending = this.pending.filter((one) => one !== name);
		if (!answer.ok) this.refusal = answer.error.code;
		return answer.ok;
	}

	#onLink(state: LinkState): void {
		this.link = state;
		if (state.kind === 'refused') this.voice.forget();
		if (state.kind === 'joined') this.voice.hurry();
		this.#reconsider();
	}

	#onJoined({ entry, state, chat }: BoothJoined): void {
		// Another seat is another page to the portal: whatever was allowed is not any more.
		if (entry === 'replaced') {
			if (this.voice.isWanted) this.notices.add('seat_replaced');
			this.voice.forget();
		}
		this.chat = chat;
		this.clock.reset();
		this.#take(state);
	}

	#onView(view: BoothView): void {
		if (!this.view || view.version >= this.view.version) this.#take(view);
	}

	#take(view: BoothView): void {
		const called = this.view !== null && awaitsMe(this.view);
		this.clock.hear(view.serverNow);
		this.view = view;
		if (awaitsMe(view) && !called) chime();
		this.#reconsider();
	}

	/** While the portal is away nothing is decided: a sound that flows goes on, a broken one waits for its word. */
	#reconsider(): void {
		if (!this.view || this.link.kind !== 'joined') return;
		const { plan, gaveUp } = this.voice.follow(this.view);
		if (plan === 'ask-again') void this.#askAgain();
		else if (plan === 'publish') this.#asksAgain = 0;
		if (gaveUp) this.notices.add('resume_given_up');
	}

	/** My sound was on air and got lost: once the media server answers, the portal is asked for the air again. */
	async #askAgain(): Promise<void> {
		if (!this.view?.media_ok || Date.now() < this.#askAgainAt) return;
		this.#askAgainAt = Date.now() + retryDelayMs(this.#asksAgain++, Math.random());
		await this.#link?.request('booth:go-live', {});
	}

	/** Tells the portal to look now, until it has seen the sound; its own look comes every second anyway. */
	async #sayArrived(): Promise<void> {
		for (let times = 0; times < ARRIVED_TIMES; times++) {
			const { view, voice } = this;
			if (voice.line.kind !== 'connected' || !view || isOnAir(view.phase, view.you.seat)) return;
			await this.#link?.request('booth:arrived', {});
			await new Promise((resolve) => setTimeout(resolve, ARRIVED_EVERY_MS));
		}
	}

	#onSource(): void {
		if (this.source.isOpen) this.voice.renewTrack();
		else if (this.voice.isWanted) {
			// A dead device gives listeners silence; off air they get the floor.
			this.notices.add('source_gone');
			void this.stop();
		}
	}

	#tick(): void {
		this.clock.tick();
		this.voice.tick(this.situation.air === 'on');
		if (this.view) this.notices.tidy(this.view.phase);
		this.#reconsider();
	}

	#stopAll(): void {
		this.voice.forget();
		for (const stop of this.#stops) stop();
		this.#stops = [];
		this.#link = null;
	}
}
