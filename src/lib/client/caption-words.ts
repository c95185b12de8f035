import type { CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import { m } from '#lib/paraglide/messages.js';

/** How a channel's captions fare, as a person reads it: state, reason, and what is tried next. */
export function captionStatusText(status: CaptionStatus, now: number): string {
	switch (status.kind) {
		case 'off':
			return m.captions_desk_state_off();
		case 'blocked':
			return BLOCKS[status.reason]();
		case 'waiting-for-sound':
			return m.captions_desk_state_waiting_for_sound();
		case 'waiting-for-worker':
			return m.captions_desk_state_waiting_for_worker();
		case 'full':
			return m.captions_desk_state_full({ limit: status.limit });
		case 'connecting':
			return m.captions_desk_state_connecting();
		case 'running':
			return m.captions_desk_state_running();
		case 'retrying': {
			const why = captionFaultText(status.fault.code);
			const seconds = Math.round((status.retryAt - now) / 1000);
			return seconds > 0
				? m.captions_desk_state_retrying({ seconds, why })
				: m.captions_desk_state_retrying_now({ why });
		}
	}
}

export function captionFaultText(code: CaptionFaultCode): string {
	return FAULTS[code]();
}

const BLOCKS = {
	consent_missing: m.captions_desk_state_blocked_consent_missing,
	external_refused: m.captions_desk_state_blocked_external_refused,
	key_missing: m.captions_desk_state_blocked_key_missing,
	key_unreadable: m.captions_desk_state_blocked_key_unreadable
} as const;

const FAULTS: Record<CaptionFaultCode, () => string> = {
	ffmpeg_missing: m.captions_desk_fault_ffmpeg_missing,
	sound_refused: m.captions_desk_fault_sound_refused,
	sound_lost: m.captions_desk_fault_sound_lost,
	sound_stalled: m.captions_desk_fault_sound_stalled,
	key_missing: m.captions_desk_fault_key_missing,
	key_refused: m.captions_desk_fault_key_refused,
	quota_exceeded: m.captions_desk_fault_quota_exceeded,
	rate_limited: m.captions_desk_fault_rate_limited,
	settings_refused: m.captions_desk_fault_settings_refused,
	provider_unreachable: m.captions_desk_fault_provider_unreachable,
	provider_dropped: m.captions_desk_fault_provider_dropped,
	provider_overloaded: m.captions_desk_fault_provider_overloaded,
	provider_broke_protocol: m.captions_desk_fault_provider_broke_protocol,
	provider_silent: m.captions_desk_fault_provider_silent,
	session_limit: m.captions_desk_fault_session_limit,
	model_missing: m.captions_desk_fault_model_missing,
	engine_missing: m.captions_desk_fault_engine_missing,
	falling_behind: m.captions_desk_fault_falling_behind
};
