import { createLeveller, createLimiter, createMinuteMeter } from './hearing-guard.ts';

/** The audio thread's side of `ear-graph.ts`; loaded there by its address, never imported. */

// What an AudioWorkletGlobalScope has (Web Audio API, section 1.32), which TypeScript's DOM library does not know.
declare const sampleRate: number;
declare function registerProcessor(name: string, processor: new () => object): void;
declare class AudioWorkletProcessor {
	readonly port: MessagePort;
}

function copy(from: readonly Float32Array[] | undefined, to: readonly Float32Array[] | undefined) {
	for (const [index, channel] of (to ?? []).entries()) {
		const source = from?.[index] ?? from?.[0];
		if (source) channel.set(source);
		else channel.fill(0);
	}
}

registerProcessor(
	'leveller',
	class extends AudioWorkletProcessor {
		readonly #level = createLeveller(sampleRate);
		process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
			copy(input, output);
			this.#level(output ?? []);
			return (input?.length ?? 0) > 0;
		}
	}
);

registerProcessor(
	'limiter',
	class extends AudioWorkletProcessor {
		readonly #limit = createLimiter(sampleRate);
		readonly #minute = createMinuteMeter(sampleRate);
		process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
			copy(input, output);
			this.#limit(output ?? []);
			const minuteDb = this.#minute(output ?? []);
			if (minuteDb !== null) this.port.postMessage(minuteDb);
			return true;
		}
	}
);
