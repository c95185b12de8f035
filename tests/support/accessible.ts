import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No violation that axe can find, said with the place where it is. */
export async function expectAccessible(page: Page): Promise<void> {
	await page.evaluate(AXE);
	const violations = await page.evaluate(async () => {
		const { axe } = globalThis as unknown as {
			axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
		};
		// Half-way through a change of colour nothing has the contrast it is meant to have; meters never rest.
		// Looked at again, not awaited: `finished` of a transition whose element is drawn anew may never settle.
		const isChanging = (): boolean =>
			document
				.getAnimations()
				.some((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
		while (isChanging()) await new Promise((resolve) => setTimeout(resolve, 16));
		const { violations } = await axe.run();
		return violations.map(
			({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`
		);
	});
	expect(violations).toEqual([]);
}
