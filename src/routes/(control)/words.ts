import {
	SIGNAL_CODES,
	ALERT_CODES,
	type AlertCode,
	type SignalCode
} from '#lib/domain/desk/alerts.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import type { Phase } from '#lib/domain/booth/state.ts';
import type { DeskEntry } from '#lib/protocol/control.ts';
import { m } from '#lib/paraglide/messages.js';

/** Everything a desk says of a booth, in words of the reader's language. */

const ALERTS: Record<AlertCode, () => string> = {
	silent_live: m.control_alert_silent_live,
	loss: m.control_alert_loss,
	too_long: m.control_alert_too_long,
	booth_empty: m.control_alert_booth_empty,
	captions_failing: m.control_alert_captions_failing,
	media_down: m.control_alert_media_down
};

export function alertWords(code: AlertCode): string {
	return ALERTS[code]();
}

const SIGNALS: Record<SignalCode, () => string> = {
	slower: m.control_signal_slower,
	louder: m.control_signal_louder,
	closer: m.control_signal_closer,
	cannot_interpret: m.control_signal_cannot_interpret
};

/** What a speaker reads: an instruction. */
export function speakerWords(code: SignalCode): string {
	return SIGNALS[code]();
}

export function entryWords({ kind, code, text }: DeskEntry): string {
	if (kind === 'help') return text === '' ? m.control_help_plain() : text;
	const alert = ALERT_CODES.find((one) => one === code);
	if (kind === 'alert' && alert) return alertWords(alert);
	const signal = SIGNAL_CODES.find((one) => one === code);
	return signal ? speakerWords(signal) : code;
}

export function entryStateWords({ state, handler }: DeskEntry): string {
	if (state === 'open') return m.control_entry_open();
	if (state === 'done') return m.control_entry_done();
	return m.control_entry_handled({ name: handler ?? '' });
}

/** The booth's state in one word, and what it looks like. */
export type AirLook = 'on' | 'standby' | 'ready' | 'empty' | 'closed';

export function airLook(phase: Phase): AirLook {
	switch (phase.kind) {
		case 'closed':
			return 'closed';
		case 'empty':
			return 'empty';
		case 'ready':
			return 'ready';
		case 'going-live':
			return 'standby';
		case 'live':
		case 'handing-over':
			return 'on';
	}
}

const AIR: Record<AirLook, () => string> = {
	on: m.control_air_on,
	standby: m.control_air_standby,
	ready: m.control_air_ready,
	empty: m.control_air_empty,
	closed: m.control_air_closed
};

export function airLookWords(look: AirLook): string {
	return AIR[look]();
}

export function captionWords(status: CaptionStatus): string {
	switch (status.kind) {
		case 'off':
			return m.control_captions_off();
		case 'running':
			return m.control_captions_running();
		case 'waiting-for-sound':
			return m.control_captions_waiting();
		case 'connecting':
		case 'waiting-for-worker':
			return m.control_captions_starting();
		case 'blocked':
		case 'full':
		case 'retrying':
			return m.control_captions_failing();
	}
}

const REFUSALS: Record<string, () => string> = {
	not_on_air: m.control_refusal_not_on_air,
	target_not_here: m.control_refusal_target_not_here,
	booth_closed: m.control_refusal_booth_closed,
	past: m.control_refusal_past,
	no_answer: m.control_refusal_no_answer
};

export function refusalWords(code: string): string {
	return REFUSALS[code]?.() ?? m.control_refusal_other({ code });
}
