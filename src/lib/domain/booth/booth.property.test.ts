import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
	by,
	joinOf,
	play,
	PLAYERS,
	randomSteps,
	DESK,
	type Run
} from '../../../../tests/support/booth-steps.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import { allowedPublishers } from './allowed-publishers.ts';
import { PORTAL, type BoothCommand, type Caller, type SeatCommand } from './command.ts';
import { decide } from './decide.ts';
import { evolveAll } from './evolve.ts';
import { nextDeadline } from './expiry.ts';
import { brokenByStep, brokenInState, brokenPublishers } from './invariants.ts';
import { HANDOVER_ANSWER_MS, SEAT_GRACE_MS, type BoothState } from './state.ts';
import { view, type BoothAct } from './view.ts';

const RUNS = 12_000;
const visited = new Map<string, number>();
const visit = (what: string) => visited.set(what, (visited.get(what) ?? 0) + 1);

const hold = (body: (run: Run) => void, numRuns = RUNS) =>
	fc.assert(
		fc.property(randomSteps, (steps) => body(play(steps))),
		{ numRuns }
	);

it(`keeps every promise over ${RUNS} random command sequences`, { timeout: 120_000 }, () => {
	hold(({ steps }) => {
		for (const step of steps) {
			const { after, decision } = step;
			const faults = [...brokenInState(after), ...brokenPublishers(after), ...brokenByStep(step)];
			if (faults.length > 0) throw new Error(`${faults.join('; ')} at ${JSON.stringify(step)}`);
			visit(after.phase.kind);
			if (after.phase.kind === 'handing-over') visit(after.phase.handover.step);
			if (decision.ok) for (const event of decision.value) visit(event.type);
			else visit(decision.error.code);
		}
	});
});

it('reached every phase, event and refusal in doing so, so that the promises were put to the test', () => {
	const rarest = [
		...['closed', 'empty', 'ready', 'going-live', 'live', 'handing-over'],
		...['offered', 'requested', 'accepted', 'arriving', 'handed-over', 'passed-on'],
		...['handover-ended', 'sound-lost', 'no-sound', 'stopped', 'returned', 'opened', 'emptied'],
		...['taken-off', 'relay-chosen', 'consented'],
		...['not_joined', 'already_joined', 'seat_gone', 'not_allowed', 'booth_closed', 'not_active'],
		...[
			'already_active',
			'not_on_air',
			'going_live',
			'handover_pending',
			'no_handover',
			'not_yours'
		],
		...['target_not_here', 'target_not_interpreter']
	].map((what) => [what, visited.get(what) ?? 0] as const);
	expect(rarest.filter(([, times]) => times < 20)).toEqual([]);
});

it('offers exactly the acts that the rules then allow', { timeout: 120_000 }, () => {
	hold(({ state, now }) => {
		for (const player of PLAYERS) {
			const { acts } = view(state, player.permissions, player.seat);
			for (const act of ACTS)
				expect([act, acts.includes(act)]).toEqual([act, canDo(state, by(player), act, now)]);
		}
	}, 3_000);
});

it('can always be gone on with when everybody leaves', { timeout: 120_000 }, () => {
	hold(({ state, now }) => {
		const left = state.participants.reduce(
			(current, { seat }) => after(current, { type: 'leave' }, seatCaller(seat), now),
			state
		);
		expect(left.participants).toEqual([]);
		expect(canGoLive(left, now)).toBe(true);
	}, 3_000);
});

it(
	'can always be gone on with when every socket is lost and time goes by',
	{ timeout: 120_000 },
	() => {
		hold(({ state, now }) => {
			let current = state;
			for (const portal of ['p1', 'p2'])
				current = after(current, { type: 'portal-lost', portal }, PORTAL, now);
			current = after(current, { type: 'media-observed', publisher: null, at: now }, PORTAL, now);
			// Two waits: an agreed newcomer whose voice is awaited keeps the right for a moment longer.
			for (const wait of [SEAT_GRACE_MS, 2 * SEAT_GRACE_MS])
				current = after(current, { type: 'tick' }, PORTAL, now + wait);
			expect(current.participants).toEqual([]);
			expect(nextDeadline(current)).toBeNull();
			expect(canGoLive(current, now + 3 * SEAT_GRACE_MS)).toBe(true);
		}, 3_000);
	}
);

it('never stays with a pending step, whatever nobody does', { timeout: 120_000 }, () => {
	hold(({ state, now }) => {
		let current = state;
		let time = now;
		for (let ticks = 0; nextDeadline(current) !== null; ticks++) {
			expect(ticks).toBeLessThan(20);
			time = Math.max(time, nextDeadline(current) ?? 0);
			expect(time - now).toBeLessThanOrEqual(2 * HANDOVER_ANSWER_MS);
			current = after(current, { type: 'tick' }, PORTAL, time);
		}
		expect(['closed', 'empty', 'ready', 'live']).toContain(current.phase.kind);
	}, 3_000);
});

it(
	'lets a coordinator put a newcomer at the microphone from every state',
	{ timeout: 120_000 },
	() => {
		hold(({ state, now }) => {
			const desk: Caller = { kind: 'seat', seat: seatId('desk-9'), permissions: DESK.permissions };
			const opened = [joinOf(DESK), { type: 'open' } as const].reduce(
				(current, command) => after(current, command, desk, now),
				state
			);
			const joined = after(opened, joinFresh, fresh, now);
			const given = after(joined, { type: 'set-active', to: FRESH_SEAT }, desk, now);
			expect(allowedPublishers(given)).toEqual([]);
			expect(goesLive(given, now)).toBe(true);
		}, 3_000);
	}
);

const FRESH_SEAT = seatId('fresh-1');
const fresh: Caller = {
	kind: 'seat',
	seat: FRESH_SEAT,
	permissions: ['booth:view', 'booth:interpret']
};
const joinFresh: BoothCommand = {
	type: 'join',
	person: personId('fresh'),
	name: 'Fresh',
	role: 'interpreter',
	portal: 'p1'
};

/** A newcomer joins, a closed booth is opened by the portal, and they go on air. */
function canGoLive(state: BoothState, now: number): boolean {
	const opened = after(state, { type: 'open' }, PORTAL, now);
	return goesLive(after(opened, joinFresh, fresh, now), now);
}

function goesLive(state: BoothState, now: number): boolean {
	const asked = after(state, { type: 'go-live' }, fresh, now);
	const observed = { type: 'media-observed', publisher: FRESH_SEAT, at: now } as const;
	const { phase } = after(asked, observed, PORTAL, now);
	return phase.kind === 'live' && phase.active.seat === FRESH_SEAT;
}

function after(state: BoothState, command: BoothCommand, by: Caller, now: number): BoothState {
	const decision = decide(state, command, { by, now });
	return decision.ok ? evolveAll(state, decision.value) : state;
}

function seatCaller(seat: ReturnType<typeof seatId>): Caller {
	return { kind: 'seat', seat, permissions: [] };
}

type StateAct = Exclude<BoothAct, 'chat'>;
const ACTS: readonly StateAct[] = [
	...(['go-live', 'stop', 'offer', 'request', 'accept'] as const),
	...(['decline', 'cancel', 'set-active', 'open', 'close'] as const)
];

function canDo(state: BoothState, by: Caller, act: StateAct, now: number): boolean {
	const seats = PLAYERS.map((one) => one.seat);
	const commands: SeatCommand[] =
		act === 'offer' || act === 'set-active'
			? seats.map((to) => ({ type: act, to }))
			: [{ type: act }];
	return commands.some((command) => {
		const decision = decide(state, command, { by, now });
		return decision.ok && decision.value.length > 0;
	});
}
