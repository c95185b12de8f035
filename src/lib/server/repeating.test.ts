import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeating } from './repeating.ts';

describe('work that is done again and again', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('begins after its first wait, and counts the next one from the end of the work', async () => {
		const times: number[] = [];
		let ends: () => void = () => undefined;
		const begun = Date.now();
		const loop = repeating(
			() => {
				times.push(Date.now() - begun);
				return new Promise<void>((resolve) => (ends = resolve));
			},
			{ firstMs: 10, everyMs: 100, failed: () => undefined }
		);
		loop.start();
		await vi.advanceTimersByTimeAsync(500);
		expect(times).toEqual([10]);
		ends();
		await vi.advanceTimersByTimeAsync(100);
		expect(times).toEqual([10, 600]);
		ends();
		await loop.stop();
	});

	it('goes on after a failure, and tells it', async () => {
		const failures: unknown[] = [];
		const work = vi.fn(() => Promise.reject(new Error('away')));
		const loop = repeating(work, { everyMs: () => 50, failed: (error) => failures.push(error) });
		loop.start();
		await vi.advanceTimersByTimeAsync(120);
		expect(work).toHaveBeenCalledTimes(2);
		expect(failures).toHaveLength(2);
		await loop.stop();
		await vi.advanceTimersByTimeAsync(500);
		expect(work).toHaveBeenCalledTimes(2);
	});

	it('waits at its stop for what is under way', async () => {
		let ends: () => void = () => undefined;
		const loop = repeating(() => new Promise<void>((resolve) => (ends = resolve)), {
			everyMs: 10,
			failed: () => undefined
		});
		loop.start();
		await vi.advanceTimersByTimeAsync(10);
		let stopped = false;
		const stopping = loop.stop().then(() => (stopped = true));
		await vi.advanceTimersByTimeAsync(10);
		expect(stopped).toBe(false);
		ends();
		await stopping;
		expect(vi.getTimerCount()).toBe(0);
	});
});
