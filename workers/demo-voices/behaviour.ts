import type { SeatId } from '#lib/domain/ids.ts';
import type { BoothView } from '#lib/protocol/booth.ts';

/**
 * How a demo interpreter behaves in its booth. It keeps the booth warm and never competes with a person:
 * whoever wants the microphone gets it at once, and it speaks again only when nobody has been there for a
 * while or somebody hands over to it.
 */

/** So long the booth must have been without people before the demo voice starts again. */
export const ALONE_BEFORE_SPEAKING_MS = 10_000;

export type Step =
	| { readonly act: 'wait' }
	| { readonly act: 'go-live' }
	| { readonly act: 'accept' }
	/** Gives the right it holds without using it to a person. */
	| { readonly act: 'offer'; readonly to: SeatId }
	/** Takes its seat anew, so that the people count as having been here longer and succeed each other. */
	| { readonly act: 'sit-last' };

/** @param aloneSinceMs since when no other interpreter has been in the booth; null while there is one */
export function nextStep(view: BoothView, aloneSinceMs: number | null, nowMs: number): Step {
	const { phase, you } = view;
	const others = otherInterpreters(view);
	if (phase.kind === 'closed' || phase.kind === 'empty') return { act: 'wait' };
	const isMine = phase.active.seat === you.seat;

	if (phase.kind === 'handing-over') {
		const { step, to } = phase.handover;
		const asked = (step === 'requested' && isMine) || (step === 'offered' && to.seat === you.seat);
		return { act: asked ? 'accept' : 'wait' };
	}
	if (!isMine) return { act: sitsBefore(view, others) ? 'sit-last' : 'wait' };
	if (phase.kind !== 'ready') return { act: 'wait' };

	switch (phase.reason) {
		case 'given': // somebody wanted it to speak
		case 'sound-lost': // it was speaking; the media server went away
		case 'no-sound':
			return { act: 'go-live' };
		case 'taken-off': // a coordinator does not want it
			return { act: 'wait' };
		case 'not-asked':
		case 'stopped':
		case 'seat-lost':
		case 'reopened': {
			const person = others.find((one) => one.connected);
			if (person) return { act: 'offer', to: person.seat };
			const isAlone = aloneSinceMs !== null && nowMs - aloneSinceMs >= ALONE_BEFORE_SPEAKING_MS;
			return { act: isAlone ? 'go-live' : 'wait' };
		}
	}
}

/**
 * What the sound of the demo voice should do now. `keep`: it may go on but not begin, because somebody else is about
 * to be heard instead; the media server ends the session of the outgoing one a moment before the right moves, and
 * one that came back then would take the newcomer's place on the air.
 */
export type SoundWanted = 'on' | 'keep' | 'off';

export function soundWanted({ phase, you }: BoothView): SoundWanted {
	switch (phase.kind) {
		case 'closed':
		case 'empty':
		case 'ready':
			return 'off';
		case 'going-live':
		case 'live':
			return phase.active.seat === you.seat ? 'on' : 'off';
		case 'handing-over': {
			const { step, to } = phase.handover;
			const isAgreed = step === 'accepted' || step === 'arriving';
			if (phase.active.seat === you.seat) return isAgreed ? 'keep' : 'on';
			return to.seat === you.seat && isAgreed ? 'on' : 'off';
		}
	}
}

/** Everybody else who could hold the microphone, connected or in their grace. */
export function otherInterpreters({ participants, you }: BoothView): BoothView['participants'] {
	return participants.filter((one) => one.role === 'interpreter' && one.seat !== you.seat);
}

function sitsBefore(view: BoothView, others: BoothView['participants']): boolean {
	const me = view.participants.find((one) => one.seat === view.you.seat);
	return me !== undefined && others.some((one) => one.connected && one.joinedAt > me.joinedAt);
}
