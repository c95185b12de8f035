import type { BoothJoined, BoothView, ChatMessage } from '#lib/protocol/booth.ts';
import { isOnAir, rightOf, type AirAct } from './air.ts';
import { whenAway } from './away.ts';
import { BoothActs } from './booth-acts.svelte.ts';
import { openBoothLink, type BoothAddress } from './booth-socket.ts';
import type { LinkState } from './joined-socket.ts';
import { chime } from './chime.ts';
import { awaitsMe } from './handover-view.ts';
import { ConsoleNotices } from './console-notices.svelte.ts';
import { onWindow } from './on-window.ts';
import { OwnVoice } from './own-voice.svelte.ts';
import { fetchPublishTicket, whipUrlFor } from './publish-ticket.ts';
import { retryDelayMs } from './retry-delay.ts';
import { ServerClock } from './server-clock.svelte.ts';
import { bindHeadsetButtons, type HeadsetButtons } from './headset-buttons.ts';
import { situationOf, warningOf } from './situation.ts';
import type { SoundSource } from './sound-source.svelte.ts';
import { Surroundings } from './surroundings.svelte.ts';
import { TurnWatch } from './turn-watch.svelte.ts';
import { isBad } from './uplink.ts';
import { keepScreenOn } from './wake-lock.ts';

const TICK_MS = 250;
/** How often, and how many times, the portal is told that the sound should be there. */
const ARRIVED_EVERY_MS = 200;
const ARRIVED_TIMES = 15;

/** One interpreter's page in one booth: presses go out, views of the booth come in, the own voice follows. */
export class BoothStore extends BoothActs {
	chat = $state.raw<readonly ChatMessage[]>([]);
	readonly turn = new TurnWatch((code) => this.notices.add(code));
	readonly clock = new ServerClock();
	readonly notices = new ConsoleNotices();
	readonly source: SoundSource;
	readonly surroundings = new Surroundings();
	/** The loudspeaker is not this page's: a call, or the browser waits for a press. Set by the page. */
	earsHeld = $state(false);
	readonly voice: OwnVoice;
	readonly #address: BoothAddress;
	#asksAgain = 0;
	#askAgainAt = 0;
	#offeredAway = false;
	#buttons: HeadsetButtons | null = null;
	#stops: (() => void)[] = [];

	/** @param whipUrl `GET` answers a `PublishTicket`; without query */
	constructor(address: BoothAddress, whipUrl: string, source: SoundSource) {
		super();
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
			interrupted: this.source.interrupted,
			earsHeld: this.earsHeld,
			batteryLow: this.surroundings.batteryLow,
			voice: fault,
			uplinkBad: this.view.ingest_status === 'overloaded' || (quality !== null && isBad(quality))
		});
	});

	/** Takes a seat in the booth. Never goes on air. */
	enter(): void {
		if (this.booth) return;
		this.notices.clear();
		this.booth = openBoothLink(this.#address, {
			onLink: (state) => this.#onLink(state),
			onJoined: (joined) => this.#onJoined(joined),
			onState: (view) => this.#onView(view),
			onChat: (message) => this.#onChat(message),
			onTogether: (together) => (this.together = together),
			onNotice: (notice) => {
				if (this.view) this.notices.hear(notice, this.view.phase, this.view.you.seat);
			}
		});
		this.source.onChanged = () => this.#onSource();
		const buttons = bindHeadsetButtons(() => this.voice.toggleMute());
		this.#buttons = buttons;
		this.surroundings.onHidden = (hidden) => this.#onHidden(hidden);
		this.surroundings.onOutputGone = () => this.notices.add('output_gone');
		this.surroundings.start();
		const timer = setInterval(() => this.#tick(), TICK_MS);
		this.#stops = [
			() => clearInterval(timer),
			() => this.surroundings.stop(),
			() => buttons.stop(),
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
		const link = this.booth;
		this.#stopAll();
		await link?.leave();
		this.view = null;
	}

	/** The page goes; the portal keeps the seat for its grace. */
	destroy(): void {
		this.booth?.close();
		this.#stopAll();
	}

	/** The one deliberate act that opens the microphone; called by a press and nothing else. */
	async goLive(): Promise<void> {
		await this.#towardsAir('go-live');
	}

	async stop(): Promise<void> {
		// The line closes here and now, also when the portal does not answer.
		this.voice.forget();
		await this.ask('booth:stop');
	}

	/** Asks for the microphone. It opens when the colleague agrees, and stays shut when nobody is on air. */
	async request(): Promise<void> {
		await this.#towardsAir('request');
	}

	/** Takes the microphone that is offered, or gives it to the one who asks. */
	async accept(): Promise<void> {
		const { view } = this;
		if (view && rightOf(view.phase, view.you.seat) === 'offered') await this.#towardsAir('accept');
		else await this.ask('booth:accept');
	}

	/** Withdraws what I offered, asked for or accepted. */
	async cancel(): Promise<void> {
		const { view } = this;
		if (view && !isOnAir(view.phase, view.you.seat)) this.voice.forget();
		await this.ask('booth:cancel');
	}

	async #towardsAir(act: AirAct): Promise<void> {
		if (!this.source.isOpen) {
			this.refusal = 'microphone_closed';
			return;
		}
		const pressed = this.voice.press(act);
		const taken = await this.ask(`booth:${act}`);
		if (!taken && this.voice.intent === pressed) this.voice.forget();
		this.#reconsider();
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
		void this.settleIn();
	}

	#onChat(message: ChatMessage): void {
		this.chat = [...this.chat, message];
		const isHere = this.view?.participants.some(({ person }) => person === message.person);
		// Written from the desk: an interpreter who looks at the speaker must hear of it.
		if (isHere === false) this.notices.add('desk_message', message.name, message.body);
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
		await this.booth?.request('booth:go-live', {});
	}

	/** Tells the portal to look now, until it has seen the sound; its own look comes every second anyway. */
	async #sayArrived(): Promise<void> {
		for (let times = 0; times < ARRIVED_TIMES; times++) {
			const { view, voice } = this;
			if (voice.line.kind !== 'connected' || !view || isOnAir(view.phase, view.you.seat)) return;
			await this.booth?.request('booth:arrived', {});
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

	/** Who comes back in time keeps the microphone. */
	#onHidden(hidden: boolean): void {
		if (!hidden) {
			if (this.#offeredAway && this.may('cancel')) void this.cancel();
			this.#offeredAway = false;
			return;
		}
		const away = whenAway(this.view, matchMedia('(pointer: coarse)').matches);
		if (away.kind === 'nothing') return;
		this.#offeredAway = away.kind === 'offer';
		if (away.kind === 'warn') return this.notices.add('away_on_air');
		void this.offer(away.to.seat);
		this.notices.add('away_offered', away.to.name);
	}

	#tick(): void {
		this.clock.tick();
		this.voice.tick(this.situation.air === 'on');
		this.#buttons?.show(this.situation.meaning === 'open');
		if (this.view) {
			this.notices.tidy(this.view.phase);
			this.turn.look(this.view, this.clock.now);
		}
		this.#reconsider();
	}

	#stopAll(): void {
		this.voice.forget();
		for (const stop of this.#stops) stop();
		this.#stops = [];
		this.booth = null;
	}
}
