import { afterEach, beforeEach, expect, vi } from 'vitest';

// A warning that nobody reads is a fault nobody finds: whatever a unit test prints to the console fails it.
let spies: { name: string; spy: ReturnType<typeof vi.spyOn> }[] = [];

beforeEach(() => {
	spies = (['error', 'warn'] as const).map((name) => ({
		name,
		spy: vi.spyOn(console, name).mockImplementation(() => undefined)
	}));
});

afterEach(() => {
	const said = spies.flatMap(({ name, spy }) =>
		spy.mock.calls.map((call: unknown[]) => `${name}: ${call.join(' ')}`)
	);
	for (const { spy } of spies) spy.mockRestore();
	expect(said, 'console errors and warnings').toEqual([]);
});
