import { expect, test } from 'vitest';
import type { Phase } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import type { BoothView } from '#lib/protocol/booth.ts';
import { whenAway } from './away.ts';

const me = { seat: seatId('me'), person: personId('user:1'), name: 'Ana' };
const mate = { seat: seatId('mate'), person: personId('user:2'), name: 'Léa' };
const live = (active: typeof me): Phase => ({ kind: 'live', active, since: 0 });

test.each([
	['on air on a tablet: the boothmate is offered it', live(me), true, true, 'offer'],
	['on air on a laptop', live(me), false, true, 'warn'],
	['alone', live(me), true, false, 'warn'],
	['somebody else is on air', live(mate), true, true, 'nothing'],
	['nobody is on air', { kind: 'empty' }, true, true, 'nothing']
] as const)('%s', (_, phase, isHandheld, connected, kind) => {
	const participants = [
		{ ...me, role: 'interpreter', connected: true },
		{ ...mate, role: 'interpreter', connected }
	];
	const view = { phase, participants, you: { seat: me.seat, acts: ['offer'] } };
	expect(whenAway(view as unknown as BoothView, isHandheld).kind).toBe(kind);
});
