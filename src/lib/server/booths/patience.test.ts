import { expect, it } from 'vitest';
import { createTurns, LATE, patience } from './patience.ts';
import { deferred } from '../../../../tests/support/deferred.ts';

it('answers with the work’s outcome or fault when it comes in time', async () => {
	expect(await patience(Promise.resolve(7), 1_000)).toBe(7);
	await expect(patience(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
});

it('is late when the work does not come', async () => {
	expect(await patience(new Promise(() => undefined), 5)).toBe(LATE);
});

it('begins work of one key when the work before it has ended, not when it was answered', async () => {
	const inTurn = createTurns<string>();
	const ended = deferred<null>();
	const begun: string[] = [];
	const first = await inTurn('a', 1_000, () => {
		begun.push('first');
		return { answer: Promise.resolve('early'), ended: ended.promise };
	});
	expect(first).toBe('early');
	const second = inTurn('a', 1_000, () => {
		begun.push('second');
		return { answer: Promise.resolve('second'), ended: Promise.resolve() };
	});
	const other = await inTurn('b', 1_000, () => {
		begun.push('other');
		return { answer: Promise.resolve('other'), ended: Promise.resolve() };
	});
	expect([other, begun]).toEqual(['other', ['first', 'other']]);
	ended.resolve(null);
	expect(await second).toBe('second');
	expect(begun).toEqual(['first', 'other', 'second']);
});

it('never begins work whose turn came too late, and goes on after work that failed', async () => {
	const inTurn = createTurns<string>();
	const ended = deferred<null>();
	const failing = inTurn('a', 1_000, () => ({
		answer: ended.promise,
		ended: ended.promise
	}));
	let begun = false;
	const late = await inTurn('a', 5, () => {
		begun = true;
		return { answer: Promise.resolve('x'), ended: Promise.resolve() };
	});
	expect(late).toBe(LATE);
	ended.reject(new Error('broken'));
	await expect(failing).rejects.toThrow('broken');
	const next = await inTurn('a', 1_000, () => ({
		answer: Promise.resolve('next'),
		ended: Promise.resolve()
	}));
	expect([next, begun]).toEqual(['next', false]);
});
