import type { BoothStore } from '#lib/client/booth-store.svelte.ts';
import type { CaptureFailure } from '#lib/client/microphone.ts';
import type { ConsoleNotice, NoticeCode } from '#lib/client/notice-list.ts';
import type { Level } from '#lib/client/levels.ts';
import type { WhepStatus } from '#lib/client/whep.ts';
import type { Meaning, Warning } from '#lib/client/situation.ts';
import { SIGNAL_CODES, type SignalCode } from '#lib/domain/desk/alerts.ts';
import type { TurnLength } from '#lib/domain/desk/turns.ts';
import type { DeskEntry } from '#lib/protocol/control.ts';
import type { ParticipantRole } from '#lib/domain/booth/state.ts';
import type { Monitor } from '#lib/client/monitor.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { timeOfDay } from './figures.ts';

/** Every code the console can meet, in words of the reader's language. */

/** A name inside a sentence of either direction (Unicode first-strong isolate). */
export function isolated(name: string | null): string {
	return `\u2068${name ?? m.booth_someone()}\u2069`;
}

export function airWord(air: 'off' | 'standby' | 'on'): string {
	switch (air) {
		case 'off':
			return m.booth_air_off();
		case 'standby':
			return m.booth_air_standby();
		case 'on':
			return m.booth_air_on();
	}
}

const MEANINGS: Record<Meaning, (who: { name: string }) => string> = {
	entering: m.booth_meaning_entering,
	closed: m.booth_meaning_closed,
	empty: m.booth_meaning_empty,
	yours: m.booth_meaning_yours,
	theirs: m.booth_meaning_theirs,
	mate_going_live: m.booth_meaning_mate_going_live,
	mate_live: m.booth_meaning_mate_live,
	offered_to_you: m.booth_meaning_offered_to_you,
	you_asked: m.booth_meaning_you_asked,
	going_live: m.booth_meaning_going_live,
	arriving: m.booth_meaning_arriving,
	resuming: m.booth_meaning_resuming,
	cut_off: m.booth_meaning_cut_off,
	open: m.booth_meaning_open,
	muted: m.booth_meaning_muted,
	coughing: m.booth_meaning_coughing
};

/** @param name of the one who holds the microphone */
export function meaningWords(meaning: Meaning, name: string | null): string {
	return MEANINGS[meaning]({ name: isolated(name) });
}

const WARNINGS: Record<NonNullable<Warning>, () => string> = {
	source_gone: m.booth_warning_source_gone,
	interrupted: m.booth_warning_interrupted,
	media_lost: m.booth_warning_media_lost,
	media_down: m.booth_warning_media_down,
	portal_lost_on_air: m.booth_warning_portal_lost_on_air,
	portal_lost: m.booth_warning_portal_lost,
	speaking_muted: m.booth_warning_speaking_muted,
	silent: m.booth_warning_silent,
	clipping: m.booth_warning_clipping,
	uplink_bad: m.booth_warning_uplink_bad,
	ears_held: m.booth_warning_ears_held,
	battery_low: m.booth_warning_battery_low
};

export function warningWords(warning: Warning): string {
	return warning === null ? '' : WARNINGS[warning]();
}

const NOTICES: Record<NoticeCode, (who: { name: string; text: string }) => string> = {
	seat_lost: m.booth_notice_seat_lost,
	no_sound: m.booth_notice_no_sound,
	sound_lost: m.booth_notice_sound_lost,
	handover_declined: m.booth_notice_handover_declined,
	handover_cancelled: m.booth_notice_handover_cancelled,
	handover_expired: m.booth_notice_handover_expired,
	handover_no_sound: m.booth_notice_handover_no_sound,
	handed_over: m.booth_notice_handed_over,
	reassigned: m.booth_notice_reassigned,
	taken_off: m.booth_notice_taken_off,
	desk_message: m.booth_notice_desk_message,
	closed: m.booth_notice_closed,
	seat_replaced: m.booth_notice_seat_replaced,
	source_gone: m.booth_notice_source_gone,
	output_gone: m.booth_notice_output_gone,
	away_on_air: m.booth_notice_away_on_air,
	away_offered: m.booth_notice_away_offered,
	relay_lost: m.booth_notice_relay_lost,
	turn_soon: m.booth_notice_turn_soon,
	turn_long: m.booth_notice_turn_long,
	resume_given_up: m.booth_notice_resume_given_up
};

export function noticeWords({
	code,
	name,
	text = ''
}: Pick<ConsoleNotice, 'code' | 'name' | 'text'>): string {
	if (code === 'seat_lost' && name === null) return m.booth_notice_seat_lost_nobody();
	return NOTICES[code]({ name: isolated(name), text });
}

/** A notice that only says that all is well; the others ask for attention. */
export function isGoodNews({ code }: Pick<ConsoleNotice, 'code'>): boolean {
	return code === 'handed_over';
}

const REFUSALS: Record<string, (who: { name: string }) => string> = {
	no_answer: m.booth_refusal_no_answer,
	busy: m.booth_refusal_busy,
	microphone_closed: m.booth_refusal_microphone_closed,
	not_active: m.booth_refusal_not_active,
	booth_closed: m.booth_refusal_booth_closed,
	handover_pending: m.booth_refusal_handover_pending,
	going_live: m.booth_refusal_going_live,
	target_not_here: m.booth_refusal_target_not_here,
	no_handover: m.booth_refusal_no_handover,
	rate_limited: m.booth_refusal_rate_limited,
	relay_loop: m.booth_refusal_relay_loop
};

export function refusalWords(code: string, name: string | null): string {
	return REFUSALS[code]?.({ name: isolated(name) }) ?? m.booth_refusal_other({ code });
}

const SIGNALS: Record<SignalCode, () => string> = {
	slower: m.booth_signal_slower,
	louder: m.booth_signal_louder,
	closer: m.booth_signal_closer,
	cannot_interpret: m.booth_signal_cannot_interpret
};

export function signalWords(code: SignalCode): string {
	return SIGNALS[code]();
}

/** What was asked of the desk or told to the speaker. */
export function matterWords({ kind, code, text }: DeskEntry): string {
	const signal = SIGNAL_CODES.find((one) => one === code);
	if (kind === 'signal' && signal) return signalWords(signal);
	return text === '' ? m.booth_help_plain() : text;
}

export function matterStateWords({ state, handler }: DeskEntry): string {
	if (state === 'open') return m.booth_matter_open();
	if (state === 'done') return m.booth_matter_is_done();
	return m.booth_matter_handled({ name: isolated(handler) });
}

/** The fair-turn clock, with a word once a change is near. */
export function turnWords(length: TurnLength, time: string, limit: string): string {
	switch (length) {
		case 'fine':
			return m.booth_turn({ time, limit });
		case 'soon':
			return m.booth_turn_soon({ time });
		case 'long':
			return m.booth_turn_long({ time });
	}
}

const CAPTURE_FAILURES: Record<CaptureFailure, () => string> = {
	'insecure-origin': m.common_capture_insecure_origin,
	unsupported: m.common_capture_unsupported,
	denied: m.common_capture_denied,
	'no-device': m.common_capture_no_device,
	busy: m.common_capture_busy,
	'no-tab-sound': m.common_capture_no_tab_sound,
	failed: m.common_capture_failed
};

export function captureWords(failure: CaptureFailure): string {
	return CAPTURE_FAILURES[failure]();
}

export function roleWords(role: ParticipantRole): string {
	switch (role) {
		case 'interpreter':
			return m.booth_role_interpreter();
		case 'coordinator':
			return m.booth_role_coordinator();
		case 'observer':
			return m.booth_role_observer();
	}
}

/** Where speech should stand, dBFS RMS over 85 ms. */
export const SPEECH_ZONE = [-32, -14] as const;

export type LevelJudgement = 'silent' | 'quiet' | 'good' | 'loud' | 'clipping';

/** Judged by the held peak, which moves slower than syllables do. */
export function judgeLevel({ peakDb, clipped }: Level): LevelJudgement {
	if (clipped) return 'clipping';
	if (peakDb < -55) return 'silent';
	if (peakDb < -28) return 'quiet';
	return peakDb > -3 ? 'loud' : 'good';
}

const LEVELS: Record<LevelJudgement, () => string> = {
	silent: m.common_level_silent,
	quiet: m.common_level_quiet,
	good: m.common_level_good,
	loud: m.common_level_loud,
	clipping: m.common_level_clipping
};

export function levelWords(judgement: LevelJudgement): string {
	return LEVELS[judgement]();
}

/** One honest line about the floor in the interpreter's ears. */
export function floorWords(status: WhepStatus | null, muted: boolean, level: Level): string {
	switch (status?.kind) {
		case undefined:
		case 'closed':
		case 'connecting':
			return m.booth_floor_connecting();
		case 'playing':
			if (muted) return m.booth_floor_muted();
			return level.peakDb === -Infinity ? m.booth_floor_quiet() : m.booth_floor_playing();
		case 'silent-fault':
			return m.booth_floor_silent_fault();
		case 'reconnecting':
			return status.reason === 'no-channel'
				? m.booth_floor_no_channel()
				: m.booth_floor_reconnecting();
		case 'failed':
			return status.reason === 'access' ? m.booth_floor_access() : m.booth_floor_failed();
	}
}

/** What is wrong with this page's connections, the worst first; null when all is well. */
export function linkWords(
	{ link, view, voice }: Pick<BoothStore, 'link' | 'view' | 'voice'>,
	{ status }: Pick<Monitor, 'status'>
): string | null {
	if (link.kind === 'connecting') return m.booth_links_connecting();
	if (link.kind === 'reconnecting') return m.booth_links_portal({ time: timeOfDay(link.since) });
	if (voice.line.kind === 'waiting' || voice.line.kind === 'interrupted')
		return m.booth_links_voice();
	if (view && !view.media_ok) return m.booth_links_media();
	if (status?.kind === 'reconnecting' && status.reason !== 'no-channel')
		return `${m.booth_floor()}: ${m.booth_floor_reconnecting()}`;
	return null;
}
