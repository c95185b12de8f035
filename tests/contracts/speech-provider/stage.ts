import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import type { Fragment } from '#lib/domain/captions/fragment.ts';
import type {
	SpeechProvider,
	SpeechSettings,
	SpeechStream
} from '../../../workers/transcriber/providers/provider.ts';
import { eventually } from '../../support/eventually.ts';

/** A stream with everything it has said, in order. */
export type Listened = {
	readonly stream: SpeechStream;
	readonly said: readonly string[];
	readonly fragments: readonly Fragment[];
	readonly ends: readonly (CaptionFault | null)[];
	/** Waits until the adapter has said exactly this, as the last thing. */
	until(line: string | RegExp): Promise<void>;
	ended(): Promise<CaptionFault | null>;
};

export function listen(provider: SpeechProvider, settings: SpeechSettings): Listened {
	const said: string[] = [];
	const fragments: Fragment[] = [];
	const ends: (CaptionFault | null)[] = [];
	const stream = provider.open(settings, {
		ready: () => void said.push('ready'),
		fragment(fragment) {
			fragments.push(fragment);
			said.push('text' in fragment ? `${fragment.type}: ${fragment.text}` : fragment.type);
		},
		ended(fault) {
			ends.push(fault);
			said.push(`ended: ${fault?.code ?? 'as asked'}`);
		}
	});
	return {
		stream,
		said,
		fragments,
		ends,
		until: async (line) => {
			await eventually(
				`${line} in ${JSON.stringify(said)}`,
				() => said.some((one) => (typeof line === 'string' ? one === line : line.test(one))),
				{ withinMs: 15_000 }
			);
		},
		async ended() {
			await eventually(`an end in ${JSON.stringify(said)}`, () => ends.length > 0, {
				withinMs: 15_000
			});
			return ends[0] ?? null;
		}
	};
}

/** Sound that is never zero, as speech is: `ms` of it at the provider's rate. */
export function speech(ms: number, rateHz: number): Buffer {
	const samples = Int16Array.from(
		{ length: (rateHz * ms) / 1000 },
		(_, i) => ((i * 37) % 2000) + 1
	);
	return Buffer.from(samples.buffer);
}

/** Writes it in pieces of 40 ms, as they come from ffmpeg. */
export function speak(stream: SpeechStream, pcm: Buffer, rateHz: number): void {
	const bytes = rateHz * 0.04 * 2;
	for (let at = 0; at < pcm.length; at += bytes) stream.write(pcm.subarray(at, at + bytes));
}
