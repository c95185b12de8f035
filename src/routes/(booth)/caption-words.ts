import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import { m } from '#lib/paraglide/messages.js';

/** How a channel's captions stand, in words; `now` is epoch ms on the server's clock. */
export function captionWords(status: CaptionStatus, now: number): string {
	switch (status.kind) {
		case 'off':
			return m.captions_live_status_off();
		case 'running':
			return m.captions_live_status_running();
		case 'connecting':
			return m.captions_live_status_connecting();
		case 'waiting-for-sound':
			return m.captions_live_status_waiting_for_sound();
		case 'waiting-for-worker':
			return m.captions_live_status_waiting_for_worker();
		case 'full':
			return m.captions_live_status_full({ limit: status.limit });
		case 'blocked':
			return BLOCKED[status.reason]();
		case 'retrying': {
			const seconds = Math.ceil((status.retryAt - now) / 1000);
			const reason = faultWords(status.fault);
			return seconds > 0
				? m.captions_live_status_retrying({ seconds, reason })
				: m.captions_live_status_retrying_now({ reason });
		}
	}
}

/** Whether somebody should look after it. */
export function isCaptionTrouble({ kind }: CaptionStatus): boolean {
	return kind === 'retrying' || kind === 'blocked' || kind === 'full';
}

const BLOCKED = {
	consent_missing: m.captions_live_status_blocked_consent_missing,
	external_refused: m.captions_live_status_blocked_external_refused,
	key_missing: m.captions_live_status_blocked_key_missing,
	key_unreadable: m.captions_live_status_blocked_key_unreadable
};

/** What went wrong, as a part of a sentence. */
export function faultWords({ code, detail }: CaptionFault): string {
	return FAULTS[code]({ detail });
}

/** Every code has its sentence; those that need it show the machine's own word as well. */
const FAULTS: Record<CaptionFault['code'], (words: { detail: string }) => string> = {
	ffmpeg_missing: m.captions_live_fault_ffmpeg_missing,
	sound_refused: m.captions_live_fault_sound_refused,
	sound_lost: m.captions_live_fault_sound_lost,
	sound_stalled: m.captions_live_fault_sound_stalled,
	key_missing: m.captions_live_fault_key_missing,
	key_refused: m.captions_live_fault_key_refused,
	quota_exceeded: m.captions_live_fault_quota_exceeded,
	rate_limited: m.captions_live_fault_rate_limited,
	settings_refused: m.captions_live_fault_settings_refused,
	provider_unreachable: m.captions_live_fault_provider_unreachable,
	provider_dropped: m.captions_live_fault_provider_dropped,
	provider_overloaded: m.captions_live_fault_provider_overloaded,
	provider_broke_protocol: m.captions_live_fault_provider_broke_protocol,
	provider_silent: m.captions_live_fault_provider_silent,
	session_limit: m.captions_live_fault_session_limit,
	model_missing: m.captions_live_fault_model_missing,
	engine_missing: m.captions_live_fault_engine_missing,
	falling_behind: m.captions_live_fault_falling_behind
};
