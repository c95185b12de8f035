import { expect, test } from 'vitest';
import type { Phase } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import type { BoothView } from '#lib/protocol/booth.ts';
import { OFF, type Intent } from './air.ts';
import { mateHeard } from './mate-heard.ts';

const me = { seat: seatId('me'), person: personId('user:1'), name: 'Ana' };
const mate = { seat: seatId('mate'), person: personId('user:2'), name: 'Léa' };
const myOtherTab = { ...me, seat: seatId('tab') };
const ON: Intent = { kind: 'on', proven: false, lostAt: null };
const live = (active: typeof me): Phase => ({ kind: 'live', active, since: 0 });
const offered: Phase = {
	kind: 'handing-over',
	active: mate,
	since: 0,
	handover: { step: 'offered', to: me, deadline: 9 }
};

test.each<[string, Phase, Intent, boolean]>([
	['a colleague is on air', live(mate), OFF, true],
	['and offers me the microphone', offered, OFF, true],
	['I took it: my own voice is on its way there', offered, ON, false],
	['I am on air', live(me), ON, false],
	['my own voice from another tab', live(myOtherTab), OFF, false],
	['nobody is on air', { kind: 'ready', active: mate, reason: 'stopped' }, OFF, false],
	['the channel is closed', { kind: 'closed' }, OFF, false]
])('%s', (_, phase, intent, heard) => {
	const participants = [me, mate, myOtherTab].map((one) => ({
		...one,
		...{ role: 'interpreter', connected: true, joinedAt: 0 }
	}));
	const view = { phase, participants, you: { seat: me.seat, acts: [] } } as unknown as BoothView;
	expect(mateHeard(view, intent)).toBe(heard);
});
