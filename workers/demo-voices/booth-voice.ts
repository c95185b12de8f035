import type { BoothView } from '#lib/protocol/booth.ts';
import { nextStep, otherInterpreters, soundWanted, type Step } from './behaviour.ts';
import { takeSeat, type BoothSeat } from './booth-socket.ts';
import {
	comeIn,
	createMouth,
	pause,
	TURNED_OUT_MS,
	type Voice,
	type VoiceSettings
} from './voice.ts';

/** Time passes in a booth without a word from the portal; this often the rules are asked again. */
const LOOK_AGAIN_MS = 1_000;
/** After a request was refused or a connection failed: nobody is helped by asking at once. */
const AFTER_FAILURE_MS = 1_500;

/** Sits in a booth and speaks there when nobody else wants to. */
export function startBoothVoice(settings: VoiceSettings): Voice {
	const { portal, event, language, log } = settings;
	const over = new AbortController();
	let seat: BoothSeat | null = null;
	let view: BoothView | null = null;
	/** Since when it has been alone; 0 before it ever saw anybody, so that an empty booth sounds at once. */
	let aloneSinceMs: number | null = 0;
	let wake: () => void = () => undefined;
	const mouth = createMouth(settings, () => wake());

	function see(next: BoothView): void {
		// A view of an older version may overtake a newer one after a reconnection.
		if (view !== null && view.you.seat === next.you.seat && next.version < view.version) return;
		view = next;
		if (otherInterpreters(next).length > 0) aloneSinceMs = null;
		else aloneSinceMs ??= Date.now();
		wake();
	}

	async function perform(step: Step, at: BoothSeat): Promise<boolean> {
		switch (step.act) {
			case 'wait':
				return true;
			case 'go-live':
				return at.ask('booth:go-live');
			case 'accept':
				return at.ask('booth:accept');
			case 'offer':
				return at.offer(step.to);
			case 'sit-last':
				await at.sitLast();
				return true;
		}
	}

	/** One look at the booth. @returns whether it went well */
	async function act(cookie: string, at: BoothSeat, seen: BoothView): Promise<boolean> {
		const wanted = soundWanted(seen);
		if (wanted === 'off') await mouth.close();
		if (wanted !== 'on' || mouth.isOpen)
			return perform(nextStep(seen, aloneSinceMs, Date.now()), at);
		const ticket = await portal.publishTicket({ event, language }, cookie, seen.you.seat);
		if (ticket === null || !(await mouth.open(ticket))) return false;
		return at.ask('booth:arrived');
	}

	/** @returns when the portal will not have this guest any longer, or all is over */
	async function sit(cookie: string): Promise<void> {
		let isRefused = false;
		view = null;
		seat = takeSeat(
			portal,
			cookie,
			{ event, language },
			{
				onView: see,
				onRefused: () => {
					isRefused = true;
					wake();
				}
			}
		);
		while (!over.signal.aborted && !isRefused) {
			const woken = new Promise<void>((resolve) => (wake = resolve));
			const well = view === null || (await act(cookie, seat, view).catch(() => false)); // a portal that restarts
			if (well) await Promise.race([woken, pause(LOOK_AGAIN_MS, over.signal)]);
			else await pause(AFTER_FAILURE_MS, over.signal);
		}
		await mouth.close();
	}

	const life = (async () => {
		for (;;) {
			const cookie = await comeIn(settings, over.signal);
			if (cookie === null) return;
			log.info('sits in its booth');
			await sit(cookie);
			await pause(TURNED_OUT_MS, over.signal);
		}
	})();

	return {
		async stop() {
			over.abort();
			await mouth.close();
			await seat?.leave();
			await life;
		}
	};
}
