import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BOOTH_HOLES, DATA_HOLES, NUMBERS, type Closed } from '../support/holes.ts';

const REFERENCE = '../shared/reference/data-and-access.md';
const upTo = (count: number) => Array.from({ length: count }, (_, n) => String(n + 1));

describe('the holes of the predecessor', () => {
	it('are all in the list', () => {
		expect(Object.keys(DATA_HOLES)).toEqual(upTo(NUMBERS.data));
		const parts = Object.entries(NUMBERS.booth);
		expect(Object.keys(BOOTH_HOLES)).toEqual(
			parts.flatMap(([part, count]) => upTo(count).map((n) => `${part}.${n}`))
		);
	});

	it.each([...Object.entries(DATA_HOLES), ...Object.entries(BOOTH_HOLES)])(
		'%s is closed by a test that exists, or has a reason',
		(_, closed: Closed) => {
			if ('reason' in closed) expect(closed.reason.length).toBeGreaterThan(10);
			else expect(titlesOf(closed.file)).toContain(closed.title);
		}
	);

	it.skipIf(!existsSync(REFERENCE))('are as many as the notes count', () => {
		const text = readFileSync(REFERENCE, 'utf8');
		const weaknesses = text.slice(text.indexOf('\n## 7.'), text.indexOf('### 7.7'));
		const numbers = [...weaknesses.matchAll(/^(\d+)\. /gm)].map(([, number]) => number);
		expect(numbers).toEqual(upTo(NUMBERS.data));
	});
	if (!existsSync(REFERENCE)) console.info('skipped: the notes on the predecessor are not here');
});

/** The file as far as it can name a test: titles are written out, perhaps over a line's end. */
function titlesOf(file: string): string {
	return readFileSync(file, 'utf8');
}
