import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import { m } from '#lib/paraglide/messages.js';

const WORDS: Readonly<Partial<Record<AuditAction, () => string>>> = {
	'access.changed': m.people_act_access_changed,
	'access.code_rotated': m.people_act_access_code_rotated,
	'access.guessing_stopped': m.people_act_access_guessing_stopped,
	'account.admin_given': m.people_act_account_admin_given,
	'account.admin_taken': m.people_act_account_admin_taken,
	'account.created': m.people_act_account_created,
	'account.deactivated': m.people_act_account_deactivated,
	'account.deleted': m.people_act_account_deleted,
	'account.email_changed': m.people_act_account_email_changed,
	'account.password_changed': m.people_act_account_password_changed,
	'account.password_reset': m.people_act_account_password_reset,
	'account.reactivated': m.people_act_account_reactivated,
	'account.renamed': m.people_act_account_renamed,
	'account.second_factor_off': m.people_act_account_second_factor_off,
	'account.second_factor_on': m.people_act_account_second_factor_on,
	'account.sessions_ended': m.people_act_account_sessions_ended,
	'account.signed_in': m.people_act_account_signed_in,
	'account.signed_out': m.people_act_account_signed_out,
	'admin.signed_in': m.people_act_admin_signed_in,
	'booth.changed': m.people_act_booth_changed,
	'booth.created': m.people_act_booth_created,
	'booth.deleted': m.people_act_booth_deleted,
	'captions.configured': m.people_act_captions_configured,
	'event.copied': m.people_act_event_copied,
	'event.created': m.people_act_event_created,
	'event.deleted': m.people_act_event_deleted,
	'event.exported': m.people_act_event_exported,
	'event.imported': m.people_act_event_imported,
	'event.renamed': m.people_act_event_renamed,
	'event.restored': m.people_act_event_restored,
	'event.settings_changed': m.people_act_event_settings_changed,
	'invite.accepted': m.people_act_invite_accepted,
	'invite.made': m.people_act_invite_made,
	'invite.remade': m.people_act_invite_remade,
	'invite.revoked': m.people_act_invite_revoked,
	'invite.sent': m.people_act_invite_sent,
	'member.added': m.people_act_member_added,
	'member.removed': m.people_act_member_removed,
	'member.role_changed': m.people_act_member_role_changed,
	'platform.mended': m.operate_act_mended,
	'provider.key_removed': m.people_act_provider_key_removed,
	'provider.key_set': m.people_act_provider_key_set,
	'retention.cleaned': m.people_act_retention_cleaned,
	'room.changed': m.people_act_room_changed,
	'room.created': m.people_act_room_created,
	'room.deleted': m.people_act_room_deleted,
	'room.renamed': m.people_act_room_renamed,
	'schedule.changed': m.people_act_schedule_changed,
	'transcript.corrected': m.people_act_transcript_corrected,
	'transcript.deleted': m.people_act_transcript_deleted,
	'transcript.exported': m.people_act_transcript_exported
};

/** What was done, in the reader's language; an act of a newer version by its own name. */
export function actText(action: string): string {
	const words: Readonly<Record<string, (() => string) | undefined>> = WORDS;
	return words[action]?.() ?? action;
}
