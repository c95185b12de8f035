import { mkdirSync, writeFileSync } from 'node:fs';
import { callThrough, type CallFigures } from '../../tests/support/browser-call.ts';
import { subjects } from './media.ts';

/**
 * `npm run bench:loss`: what a listener in Chromium hears of a publisher in Chromium when packets are lost at
 * random, with and without copies (RED), by the embedded server and, with MEDIAMTX_BIN, by MediaMTX. Prints a table
 * and writes `bench-results/loss.json`. About half a minute for each line.
 */
const SHARES = [0, 0.02, 0.05, 0.1, 0.2] as const;
const WAYS = ['up', 'down', 'both'] as const;
const SETTLE_MS = 15_000;
const MEASURE_MS = 15_000;

type Line = {
	readonly server: string;
	readonly way: (typeof WAYS)[number];
	readonly share: number;
	readonly red: boolean;
	readonly figures: CallFigures;
};

const lines: Line[] = [];
for (const subject of subjects()) {
	const server = await subject.start();
	for (const share of SHARES)
		// Without loss the three ways are one.
		for (const way of share === 0 ? (['both'] as const) : WAYS)
			for (const red of [false, true]) {
				const loss = { loss: { kind: 'random', share } } as const;
				const figures = await callThrough(server, {
					up: way === 'down' ? {} : loss,
					down: way === 'up' ? {} : loss,
					red,
					settleMs: SETTLE_MS,
					measureMs: MEASURE_MS,
					microphone: { toneHz: 440 }
				});
				lines.push({ server: subject.name, way, share, red, figures });
				console.log(
					[
						subject.name,
						way,
						`${share * 100} %`,
						red ? 'RED' : 'plain',
						`concealed ${(figures.concealed * 100).toFixed(2)} %`,
						`buffer ${figures.bufferMs.toFixed(0)} ms`,
						`up ${(figures.upBitsPerSecond / 1000).toFixed(0)} kb/s`,
						`down ${(figures.downBitsPerSecond / 1000).toFixed(0)} kb/s`
					].join('\t')
				);
			}
	await server.stop();
}
if (subjects().length === 1) console.log('MediaMTX: not run (set MEDIAMTX_BIN to compare)');
mkdirSync('bench-results', { recursive: true });
writeFileSync(
	'bench-results/loss.json',
	JSON.stringify({ at: new Date().toISOString(), lines }, null, '\t')
);
// The native library's threads outlive the peers they served.
process.exit(0);
