import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPTION_FAULT_CODES, fault, retryDelayMs } from './fault.ts';
import {
	SESSION_START,
	sessionStep,
	type SessionAction,
	type SessionInput,
	type SessionState
} from './session.ts';

/** Phases and actions after each input, all at the same moment unless `now` is given. */
function play(inputs: readonly (SessionInput & { now?: number })[]): {
	state: SessionState;
	actions: SessionAction[];
} {
	let { state } = SESSION_START;
	const actions: SessionAction[] = [...SESSION_START.actions];
	for (const input of inputs) {
		const step = sessionStep(state, input, { now: input.now ?? 0, random: 0.5 });
		state = step.state;
		actions.push(...step.actions);
	}
	return { state, actions };
}

const running: SessionInput[] = [{ type: 'sound' }, { type: 'speech' }, { type: 'provider-ready' }];
const refused = { type: 'provider-ended', fault: fault('key_refused') } as const;
const lost = { type: 'sound-ended', fault: fault('sound_lost') } as const;

describe('a caption session', () => {
	it('opens a provider only when somebody speaks', () => {
		expect(play([{ type: 'sound' }])).toEqual({
			state: { phase: 'waiting-for-sound', attempt: 0 },
			actions: ['open-sound']
		});
		expect(play(running)).toEqual({
			state: { phase: 'running', attempt: 0 },
			actions: ['open-sound', 'open-provider']
		});
	});

	it('lets the provider go in a long silence', () => {
		expect(play([...running, { type: 'long-silence' }])).toEqual({
			state: { phase: 'waiting-for-sound', attempt: 0 },
			actions: ['open-sound', 'open-provider', 'end-provider']
		});
	});

	it('says why and until when it waits, and tries the provider again then', () => {
		const { state, actions } = play([...running, refused]);
		expect(state).toEqual({
			phase: 'retrying',
			what: 'provider',
			fault: { code: 'key_refused', detail: '' },
			attempt: 1,
			retryAt: 11_250
		});
		expect(actions.at(-1)).toBe('wait');
		expect(play([...running, refused, { type: 'retry-due', now: 11_249 }]).state).toEqual(state);
		expect(play([...running, refused, { type: 'retry-due', now: 11_250 }])).toMatchObject({
			state: { phase: 'connecting', attempt: 1 },
			actions: ['open-sound', 'open-provider', 'wait', 'open-provider']
		});
	});

	it('waits longer each time until text has come: being let in proves nothing', () => {
		const dropped = { type: 'provider-ended', fault: fault('provider_dropped') } as const;
		const again: (SessionInput & { now?: number })[] = [
			dropped,
			{ type: 'retry-due', now: 10_000_000 },
			{ type: 'provider-ready' }
		];
		expect(play([...running, ...again, ...again, dropped]).state).toMatchObject({ attempt: 3 });
		expect(
			play([...running, ...again, ...again, { type: 'provider-text' }, dropped]).state
		).toMatchObject({ attempt: 1 });
	});

	it('opens the sound again when it was lost, and the provider when somebody speaks', () => {
		const back: (SessionInput & { now?: number })[] = [
			...running,
			lost,
			{ type: 'retry-due', now: 5_000 }
		];
		expect(play(back)).toEqual({
			state: { phase: 'waiting-for-sound', attempt: 1 },
			actions: ['open-sound', 'open-provider', 'end-provider', 'wait', 'open-sound']
		});
		expect(play([...back, lost]).state).toMatchObject({ what: 'sound', attempt: 2 });
		expect(play([...back, { type: 'sound' }, lost]).state).toMatchObject({ attempt: 1 });
	});

	it('ends with its tail flushed, and then nothing moves it', () => {
		const stopped = play([...running, { type: 'stop', reason: 'off_air' }, ...running, refused]);
		expect(stopped).toEqual({
			state: { phase: 'stopped', reason: 'off_air' },
			actions: ['open-sound', 'open-provider', 'end-provider', 'end-sound']
		});
	});

	const input: fc.Arbitrary<SessionInput> = fc.oneof(
		fc.constantFrom<SessionInput>(
			{ type: 'sound' },
			{ type: 'speech' },
			{ type: 'long-silence' },
			{ type: 'provider-ready' },
			{ type: 'provider-text' },
			{ type: 'provider-ended', fault: null },
			{ type: 'retry-due' }
		),
		fc.constantFrom(...CAPTION_FAULT_CODES).map((code) => ({
			type: 'sound-ended' as const,
			fault: fault(code)
		})),
		fc.constantFrom(...CAPTION_FAULT_CODES).map((code) => ({
			type: 'provider-ended' as const,
			fault: fault(code)
		}))
	);

	it('never opens what is open, and always comes back to life', () => {
		fc.assert(
			fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
				let { state } = SESSION_START;
				const open = { sound: true, provider: false };
				let now = 0;
				const take = (given: SessionInput): void => {
					now += 1_000;
					// What is not open cannot end by itself.
					if (given.type === 'sound-ended' && !open.sound) return;
					if (given.type === 'provider-ended' && !open.provider) return;
					if (given.type === 'sound-ended') open.sound = false;
					if (given.type === 'provider-ended') open.provider = false;
					const step = sessionStep(state, given, { now, random: 0 });
					state = step.state;
					for (const action of step.actions) {
						if (action === 'open-sound') {
							expect(open.sound).toBe(false);
							open.sound = true;
						} else if (action === 'open-provider') {
							expect(open.provider).toBe(false);
							open.provider = true;
						} else if (action === 'end-provider') open.provider = false;
						else if (action === 'end-sound') open.sound = false;
					}
					const wanted = state.phase === 'connecting' || state.phase === 'running';
					expect(open.provider).toBe(wanted);
				};
				inputs.forEach(take);
				now += 1_000_000;
				for (const type of ['retry-due', 'sound', 'speech', 'provider-ready'] as const)
					take({ type });
				expect(state.phase).toBe('running');
				expect(open).toEqual({ sound: true, provider: true });
			})
		);
	});
});

describe('the wait before a retry', () => {
	it('doubles up to a cap and is spread over its upper half', () => {
		const waits = [1, 2, 3, 4, 5, 6, 99].map((n) => retryDelayMs('provider_dropped', n, 0.999999));
		expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
		expect(retryDelayMs('provider_dropped', 6, 0)).toBe(15_000);
	});

	it('is long where only a person can help, and short where the provider ends long sessions', () => {
		expect(retryDelayMs('key_refused', 1, 0)).toBeGreaterThanOrEqual(5_000);
		expect(retryDelayMs('key_refused', 20, 1)).toBe(300_000);
		expect(retryDelayMs('session_limit', 1, 1)).toBeLessThan(1_000);
	});
});
