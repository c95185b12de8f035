import { defineConfig } from 'vitest/config';
import { mutantPlugin } from './tests/support/policy/mutants.ts';

// Tests share the sources through Node's own `imports` map (#lib/*); no Kit plugin is needed, so they start fast.
export default defineConfig({
	test: {
		passWithNoTests: false,
		projects: [
			{
				test: {
					name: 'unit',
					include: [
						'src/**/*.test.ts',
						'workers/**/*.test.ts',
						'scripts/**/*.test.ts',
						'tests/*.test.ts',
						'tests/unit/**/*.test.ts'
					],
					setupFiles: ['tests/support/quiet-console.ts']
				}
			},
			{
				test: {
					name: 'contracts',
					include: ['tests/contracts/**/*.test.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000,
					fileParallelism: false
				}
			},
			{
				plugins: mutantPlugin(),
				test: {
					name: 'integration',
					include: ['tests/integration/**/*.test.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000,
					fileParallelism: false
				}
			}
		]
	}
});
