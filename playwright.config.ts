import { defineConfig } from '@playwright/test';

/**
 * Browser journeys against the built product. Each file starts its own portal and media server, because a
 * journey may kill them; one worker, because two cores cannot carry more real-time sound.
 */
export default defineConfig({
	testDir: 'tests/e2e',
	fullyParallel: false,
	workers: 1,
	retries: 0,
	timeout: 120_000,
	expect: { timeout: 15_000 },
	reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
	use: { trace: 'off', actionTimeout: 15_000 }
});
