import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listenForQuiet, NOT_QUIET, quietForMs, type Quiet } from './quiet.ts';

/** Looks once a second at a sender of 50 packets a second. */
function watch(
	seconds: number,
	packetBytes: number,
	levelDb: number | null,
	from = NOT_QUIET
): Quiet {
	let quiet = from;
	for (let second = 1; second <= seconds; second++)
		quiet = listenForQuiet(quiet, {
			...{ session: 's', at: quiet.at + 1_000, levelDb },
			packets: quiet.packets + 50,
			bytes: quiet.bytes + 50 * packetBytes
		});
	return quiet;
}

test.each([
	['speech', 140, -22, 0],
	['a pause in a quiet room', 95, -62, 0],
	['speech, and nobody tells a level', 140, null, 0],
	['digital silence, and nobody tells a level', 24, null, 9_000],
	['silence that claims to be −12 dBFS', 24, -12, 9_000],
	['a headset that is switched off: faint noise, and it says so', 70, -84, 9_000],
	['noise that claims to be silence', 140, -127, 0]
])('%s', (_, packetBytes, levelDb, quietMs) => {
	const quiet = watch(10, packetBytes, levelDb);
	expect(quietForMs(quiet, quiet.at)).toBe(quietMs);
	expect(quiet.levelDb).toBe(quietMs > 0 ? -127 : levelDb);
});

test('the first word ends it at the next look, another sender begins anew', () => {
	const quiet = watch(10, 24, -127);
	expect(watch(1, 140, -20, quiet).since).toBeNull();
	const other = listenForQuiet(quiet, { ...quiet, session: 'other', at: quiet.at + 1 });
	expect(other.since).toBeNull();
	expect(listenForQuiet(quiet, { ...quiet, session: null })).toEqual(NOT_QUIET);
});

test('no claim of a level makes silence a sound', () => {
	fc.assert(
		fc.property(
			fc.array(fc.option(fc.integer({ min: -127, max: 0 })), { minLength: 2 }),
			(claims) => {
				let quiet = NOT_QUIET;
				for (const claim of claims) quiet = watch(1, 24, claim, quiet);
				expect(quiet.since).not.toBeNull();
			}
		)
	);
});
