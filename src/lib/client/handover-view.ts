import type { Phase } from '#lib/domain/booth/state.ts';
import type { BoothParticipant, BoothView } from '#lib/protocol/booth.ts';

/** What the handover block shows one page: who holds the microphone, who is asked, and what may be pressed. */
export type HandoverView =
	| { readonly kind: 'entering' | 'closed' | 'nobody' }
	/** I hold it and can give it to one of these. */
	| { readonly kind: 'you-hold'; readonly mates: readonly BoothParticipant[] }
	/** I hold it elsewhere: another tab or device of mine. */
	| { readonly kind: 'other-tab'; readonly live: boolean }
	| {
			readonly kind: 'they-hold';
			readonly name: string;
			readonly air: 'off' | 'going-live' | 'live';
			readonly away: boolean;
	  }
	| {
			readonly kind:
				| 'you-offered'
				| 'asked-of-you'
				| 'leaving-you'
				| 'offered-to-you'
				| 'you-asked'
				| 'coming-to-you';
			readonly name: string;
			/** Epoch ms on the server's clock. */
			readonly deadline: number;
	  }
	| { readonly kind: 'between-others'; readonly from: string; readonly to: string };

export function handoverOf(view: Pick<BoothView, 'phase' | 'participants' | 'you'>): HandoverView {
	const { phase, participants, you } = view;
	if (phase.kind === 'closed') return { kind: 'closed' };
	if (phase.kind === 'empty') return { kind: 'nobody' };
	if (phase.kind === 'handing-over') return handingOver(phase, you.seat);
	const me = participants.find(({ seat }) => seat === you.seat);
	if (phase.active.seat === you.seat)
		return {
			kind: 'you-hold',
			mates: participants.filter(
				({ role, person }) => role === 'interpreter' && person !== me?.person
			)
		};
	if (phase.active.person === me?.person) return { kind: 'other-tab', live: phase.kind === 'live' };
	return {
		kind: 'they-hold',
		name: phase.active.name,
		air: phase.kind === 'ready' ? 'off' : phase.kind,
		away: !participants.some(({ seat, connected }) => seat === phase.active.seat && connected)
	};
}

function handingOver(
	{ active, handover }: Extract<Phase, { kind: 'handing-over' }>,
	seat: string
): HandoverView {
	const { step, to, deadline } = handover;
	const isAgreed = step === 'accepted' || step === 'arriving';
	if (active.seat === seat) {
		const kind = isAgreed ? 'leaving-you' : step === 'offered' ? 'you-offered' : 'asked-of-you';
		return { kind, name: to.name, deadline };
	}
	if (to.seat === seat) {
		const kind = isAgreed ? 'coming-to-you' : step === 'offered' ? 'offered-to-you' : 'you-asked';
		return { kind, name: active.name, deadline };
	}
	return { kind: 'between-others', from: active.name, to: to.name };
}

/** Whether the booth waits for an answer of this page. */
export function awaitsMe({ phase, you }: Pick<BoothView, 'phase' | 'you'>): boolean {
	if (phase.kind !== 'handing-over') return false;
	const { step, to } = phase.handover;
	return step === 'offered'
		? to.seat === you.seat
		: step === 'requested' && phase.active.seat === you.seat;
}
