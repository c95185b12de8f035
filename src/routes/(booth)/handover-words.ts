import type { BoothStore } from '#lib/client/booth-store.svelte.ts';
import type { HandoverView } from '#lib/client/handover-view.ts';
import type { BoothParticipant } from '#lib/protocol/booth.ts';
import { m } from '#lib/paraglide/messages.js';
import { isolated } from './words.ts';

/** The one sentence of the handover block. */
export function handoverWords(view: HandoverView, isInterpreter: boolean): string {
	switch (view.kind) {
		case 'entering':
			return m.booth_meaning_entering();
		case 'closed':
			return m.booth_mate_closed();
		case 'nobody':
			return m.booth_mate_nobody();
		case 'you-hold': {
			const [first] = view.mates;
			if (!first) return m.booth_mate_alone();
			const here = view.mates.find(({ connected }) => connected);
			return here
				? m.booth_mate_standby({ name: isolated(here.name) })
				: m.booth_mate_away({ name: isolated(first.name) });
		}
		case 'other-tab':
			return view.live ? m.booth_mate_other_tab_live() : m.booth_mate_other_tab();
		case 'they-hold':
			if (view.away) return m.booth_mate_away({ name: isolated(view.name) });
			if (view.air === 'live') return m.booth_mate_live({ name: isolated(view.name) });
			if (view.air === 'going-live') return m.booth_mate_going_live({ name: isolated(view.name) });
			return m.booth_mate_holds({ name: isolated(view.name) });
		case 'you-offered':
			return m.booth_mate_you_offered({ name: isolated(view.name) });
		case 'asked-of-you':
			return m.booth_mate_asks({ name: isolated(view.name) });
		case 'leaving-you':
			return m.booth_mate_leaving({ name: isolated(view.name) });
		case 'offered-to-you':
			return m.booth_mate_offers({ name: isolated(view.name) });
		case 'you-asked':
			return m.booth_mate_you_asked({ name: isolated(view.name) });
		case 'coming-to-you':
			return m.booth_mate_coming({ name: isolated(view.name) });
		case 'between-others':
			return isInterpreter
				? m.booth_mate_between({ from: isolated(view.from), to: isolated(view.to) })
				: m.booth_mate_observing();
	}
}

type Act = { readonly label: string; readonly act: () => void };
/** `first` is the large key, `second` the small one; null where there is nothing to press now. */
export type HandoverActs = { readonly first: Act | null; readonly second: Act | null };

/** What the two keys of the handover block do now; nothing is offered that the portal would refuse. */
export function handoverActs(
	store: BoothStore,
	view: HandoverView,
	target: BoothParticipant | null,
	isInterpreter: boolean
): HandoverActs {
	const when = (possible: boolean, label: string, act: () => Promise<void>): Act | null =>
		possible ? { label, act: () => void act() } : null;
	const cancel = when(store.may('cancel'), m.booth_withdraw(), () => store.cancel());
	const stopIt = when(store.may('cancel'), m.booth_cancel_handover(), () => store.cancel());
	const decline = when(store.may('decline'), m.booth_not_now(), () => store.decline());
	if (!isInterpreter) return { first: null, second: null };
	switch (view.kind) {
		case 'you-hold':
			return {
				first:
					target &&
					when(store.may('offer'), m.booth_hand_over_to({ name: isolated(target.name) }), () =>
						store.offer(target.seat)
					),
				second: null
			};
		case 'they-hold':
			return {
				first: when(
					store.may('request'),
					view.air === 'live' && !view.away ? m.booth_ask() : m.booth_take(),
					() => store.request()
				),
				second: null
			};
		case 'other-tab':
			return {
				first: when(store.may('request'), m.booth_take_here(), () => store.request()),
				second: null
			};
		case 'asked-of-you':
			return {
				first: when(store.may('accept'), m.booth_give({ name: isolated(view.name) }), () =>
					store.accept()
				),
				second: decline
			};
		case 'offered-to-you':
			return {
				first: when(store.may('accept'), m.booth_take(), () => store.accept()),
				second: decline
			};
		case 'you-offered':
		case 'you-asked':
			return { first: null, second: cancel };
		case 'leaving-you':
		case 'coming-to-you':
			return { first: null, second: stopIt };
		case 'entering':
		case 'closed':
		case 'nobody':
		case 'between-others':
			return { first: null, second: null };
	}
}
