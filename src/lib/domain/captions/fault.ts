/**
 * Why captions of a channel do not run. Each code is a sentence on the booth page, so it says what a person
 * could do about it; `detail` is the machine's own word for the log and the admin page.
 */
export type CaptionFault = { readonly code: CaptionFaultCode; readonly detail: string };

export const CAPTION_FAULT_CODES = [
	// the sound
	'ffmpeg_missing',
	'sound_refused', // the media server did not let us read
	'sound_lost', // ffmpeg ended
	'sound_stalled', // ffmpeg runs, no audio comes
	// the speech provider
	'key_missing',
	'key_refused',
	'quota_exceeded',
	'rate_limited',
	'settings_refused', // model, language or format the provider does not take
	'provider_unreachable',
	'provider_dropped', // the connection ended in mid-stream
	'provider_overloaded',
	'provider_broke_protocol',
	'provider_silent', // speech goes in, nothing comes out
	'session_limit', // the provider ends long sessions; a new one is opened at once
	// this machine
	'model_missing',
	'engine_missing', // the native speech library does not load here
	'falling_behind'
] as const;
export type CaptionFaultCode = (typeof CAPTION_FAULT_CODES)[number];

export function fault(code: CaptionFaultCode, detail = ''): CaptionFault {
	return { code, detail };
}

type RetryRule = { readonly firstMs: number; readonly capMs: number };

const USUAL: RetryRule = { firstMs: 1_000, capMs: 30_000 };
/** Only a person can mend it; look now and then whether they did. */
const AFTER_A_PERSON: RetryRule = { firstMs: 15_000, capMs: 300_000 };

const RULES: Partial<Record<CaptionFaultCode, RetryRule>> = {
	key_missing: AFTER_A_PERSON,
	key_refused: AFTER_A_PERSON,
	quota_exceeded: AFTER_A_PERSON,
	settings_refused: AFTER_A_PERSON,
	ffmpeg_missing: AFTER_A_PERSON,
	engine_missing: AFTER_A_PERSON,
	model_missing: { firstMs: 15_000, capMs: 30_000 },
	rate_limited: { firstMs: 5_000, capMs: 60_000 },
	session_limit: { firstMs: 200, capMs: 30_000 }
};

/**
 * How long to wait before the next try, in ms: doubled with each attempt up to a cap, and spread over its
 * upper half so that many channels that fell together do not come back together.
 *
 * @param attempt 1 for the first try after a fault
 * @param random in [0, 1)
 */
export function retryDelayMs(code: CaptionFaultCode, attempt: number, random: number): number {
	const { firstMs, capMs } = RULES[code] ?? USUAL;
	const fullMs = Math.min(capMs, firstMs * 2 ** Math.min(attempt - 1, 20));
	return Math.round(fullMs * (0.5 + random / 2));
}
