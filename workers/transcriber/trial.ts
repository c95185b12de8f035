import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fault } from '#lib/domain/captions/fault.ts';
import type { TrialOrder, TrialResult } from '#lib/protocol/worker.ts';
import { captionRun } from './caption-run.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import type { SpeechProvider } from './providers/provider.ts';

/** Whatever happens, a trial answers by then: the sample, the connection, and a slow end. */
const TRIAL_MS = 25_000;
const USUAL_SAMPLE = 'en';
const PCM_MAX_BYTES = 4_000_000;
const run = promisify(execFile);

/**
 * Ten seconds of bundled speech through a provider, as fast as somebody speaks: what it makes of them, how
 * late, and what went wrong. Nothing of it is stored or told to anybody but who asked.
 */
export async function runTrial(
	order: TrialOrder,
	providers: ReadonlyMap<string, SpeechProvider>
): Promise<TrialResult> {
	const provider = providers.get(order.provider);
	if (provider === undefined)
		return failed('engine_missing', `this worker does not run ${order.provider}`);
	const ffmpeg = await findFfmpeg();
	if (!ffmpeg.ok) return { ...NOTHING, fault: ffmpeg.fault };
	const sample = sampleIn(order.language);
	const pcm = await decoded(ffmpeg.path, sample.path, provider.rateHz);
	if (pcm === null) return failed('ffmpeg_missing', 'the speech sample could not be decoded');
	const { key, model, server, hints } = order;
	const trial = captionRun(pcm, provider, { language: sample.language, model, key, server, hints });
	const answer = await Promise.race([trial, after(TRIAL_MS)]);
	if (answer === null) return failed('provider_silent', `nothing within ${TRIAL_MS} ms`);
	return {
		language: sample.language,
		text: answer.captions.join(' ').slice(0, 4_000),
		firstTextMs: answer.firstPartialMs[0] ?? answer.finalMs[0] ?? null,
		finalMs: answer.finalMs.at(-1) ?? null,
		fault: answer.fault
	};
}

const NOTHING: TrialResult = {
	language: USUAL_SAMPLE,
	text: '',
	firstTextMs: null,
	finalMs: null,
	fault: null
};

function failed(code: Parameters<typeof fault>[0], detail: string): TrialResult {
	return { ...NOTHING, fault: fault(code, detail) };
}

/** The sample of the language, else the English one. */
function sampleIn(language: string | null): { path: string; language: string } {
	const wanted = language?.split('-')[0]?.toLowerCase() ?? USUAL_SAMPLE;
	for (const code of [wanted, USUAL_SAMPLE]) {
		const path = fileURLToPath(new URL(`./trial/${code}.opus`, import.meta.url));
		if (/^[a-z]{2,3}$/.test(code) && existsSync(path)) return { path, language: code };
	}
	throw new Error('the bundled speech samples are missing');
}

async function decoded(ffmpeg: string, path: string, rateHz: number): Promise<Buffer | null> {
	const options = ['-nostdin', '-loglevel', 'error', '-i', path, '-f', 's16le'];
	try {
		const { stdout } = await run(
			ffmpeg,
			[...options, '-ac', '1', '-ar', String(rateHz), 'pipe:1'],
			{ encoding: 'buffer', maxBuffer: PCM_MAX_BYTES, timeout: 10_000 }
		);
		return stdout.length > 0 ? stdout : null;
	} catch {
		return null;
	}
}

function after(ms: number): Promise<null> {
	return new Promise((resolve) => setTimeout(() => resolve(null), ms).unref());
}
