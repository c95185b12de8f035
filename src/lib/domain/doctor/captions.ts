import type { CaptionBlock, CaptionStatus } from '../captions/status.ts';
import { unreachable } from '../result.ts';
import type { Finding, FindingCode } from './finding.ts';

/** One channel's captions, and whether its sound can be pulled as a worker pulls it. */
export type CaptionCaseFacts = {
	readonly path: string;
	readonly status: CaptionStatus;
	/** Sound arrives at the media server. */
	readonly online: boolean;
	/** `null`: not tried, because no sound is there. */
	readonly pulled: 'heard' | 'no-ffmpeg' | 'nothing' | null;
};

type Cause = readonly [code: FindingCode, says: string, fix: string];

/** Why no captions appear on this channel (IC-04); the first cause, since the others may be its consequence. */
export function judgeCaptions(facts: CaptionCaseFacts): readonly Finding[] {
	const cause = causeOf(facts);
	if (cause === null) return [];
	const [code, says, fix] = cause;
	return [{ code, level: 'fault', about: facts.path, says, fix }];
}

function causeOf({ status, online, pulled }: CaptionCaseFacts): Cause | null {
	switch (status.kind) {
		case 'off':
			return [
				'captions_off',
				'Captions of this channel are switched off.',
				'Switch them on under Captions of the event.'
			];
		case 'blocked':
			return BLOCKED[status.reason];
		case 'full':
			return [
				'workers_all_busy',
				`All ${status.limit} caption sessions of this installation are in use.`,
				'Switch captions off where nobody reads them, or raise MAX_TOTAL_WORKERS and restart the portal.'
			];
		case 'waiting-for-worker':
			return [
				'worker_missing',
				'No caption worker takes this channel: none is connected, or none has the provider that is chosen.',
				'Start one (docker compose up -d worker, npm run worker); its log says whether WORKER_SECRET is wrong or its model is missing.'
			];
		case 'waiting-for-sound':
		case 'connecting':
			return online
				? pulling(pulled)
				: [
						'nobody_on_air',
						'No sound arrives on this channel, so there is nothing to write down.',
						'Somebody goes live; if that fails, look at IC-01.'
					];
		case 'retrying': {
			const { fault, what } = status;
			const pull = what === 'sound' ? pulling(pulled) : null;
			return (
				pull ?? [
					'captions_failing',
					`The ${what === 'sound' ? 'sound' : 'speech provider'} fails (${fault.code.replaceAll('_', ' ')}${fault.detail === '' ? '' : `: ${fault.detail}`}); it is tried again, attempt ${status.attempt}.`,
					what === 'sound'
						? 'The worker must reach MEDIAMTX_RTSP_BASE; try it there with ffmpeg.'
						: 'Check the provider’s key, model and account with the test button under Captions of the event.'
				]
			);
		}
		case 'running':
			return null;
		default:
			return unreachable(status);
	}
}

function pulling(pulled: CaptionCaseFacts['pulled']): Cause | null {
	if (pulled === 'no-ffmpeg')
		return [
			'ffmpeg_missing',
			'There is no ffmpeg on this machine, so a worker here cannot pull sound.',
			'Install ffmpeg, or name it with FFMPEG_PATH.'
		];
	if (pulled === 'nothing')
		return [
			'rtsp_away',
			'The channel’s sound cannot be pulled by RTSP, although it arrives at the media server.',
			'Check MEDIAMTX_RTSP_BASE, and that port 8554 (TCP) of the media server can be reached from here.'
		];
	return null;
}

const BLOCKED: Record<CaptionBlock, Cause> = {
	consent_missing: [
		'captions_refused',
		'The people of this channel did not agree to captions.',
		'Ask them; consent is under Captions of the event.'
	],
	external_refused: [
		'captions_refused',
		'This event does not allow speech services outside, and the chosen one is outside.',
		'Choose the local model, or allow them under Captions of the event (transcription_api_enabled).'
	],
	key_missing: [
		'key_missing',
		'API key missing: the chosen provider has no key in this event.',
		'Set it under Providers of the event.'
	],
	key_unreadable: [
		'key_unreadable',
		'Failed to decrypt the provider’s key: API_KEY_ENCRYPTION_KEY is another one than when it was stored.',
		'Put the old key behind the new one (NEW,OLD), restart, and run npm run keys:rotate; or set the provider’s key again.'
	]
};
