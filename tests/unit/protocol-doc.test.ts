import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENT, protocolDocument } from '../../scripts/protocol/document.ts';

const made = await protocolDocument();

test('the protocol document is up to date; if not: npm run docs:protocol', () => {
	expect(readFileSync(DOCUMENT, 'utf8')).toBe(made);
});

test('it names events, schemas with their limits, and codes', () => {
	for (const line of [
		'| `booth:join` | `boothJoin` | `BoothJoined` |',
		'| `seatToken?` | `string`, at most 2000 characters |',
		'| `listen:channels` | `ChannelState[]` |',
		'| `not_active` | You do not hold the microphone right'
	])
		expect(made).toContain(line);
});
