import type { App } from '#lib/server/app.ts';
import type { FoundEvent } from '#lib/server/events/events.ts';
import type { MadeInvite } from '#lib/server/people/invitations.ts';
import type { By } from '#lib/server/people/members.ts';
import { m } from '#lib/paraglide/messages.js';
import { dayText, roleText } from './words.ts';

export function inviteLink({ env }: App, made: MadeInvite): string {
	return new URL(`/join/${made.secret}`, env.PUBLIC_BASE_URL).href;
}

/** Sends the link of an invitation, in the inviter's language. */
export async function mailInvite(app: App, event: FoundEvent, made: MadeInvite, by: By) {
	if (made.email === null) return { ok: false, error: { code: 'not_found' } } as const;
	const words = {
		...{ event: event.name, role: roleText(made.role), day: dayText(made.expiresAt) },
		...{ name: nameOf(by), link: inviteLink(app, made) }
	};
	const sent = await app.mail.send({
		to: made.email,
		subject: m.people_mail_invite_subject(words),
		text: m.people_mail_invite_text(words)
	});
	if (sent.ok) await app.people.invitations.sent(by, made);
	return sent;
}

/** Tells somebody with an account that they belong to an event now. */
export async function mailMember(
	app: App,
	event: FoundEvent,
	to: string,
	role: string,
	by: By
): Promise<void> {
	if (!app.mail.isOn) return;
	const words = {
		...{ event: event.name, role: roleText(role), name: nameOf(by) },
		link: new URL(`/login?next=/`, app.env.PUBLIC_BASE_URL).href
	};
	await app.mail.send({
		to,
		subject: m.people_mail_member_subject(words),
		text: m.people_mail_member_text(words)
	});
}

function nameOf({ actor }: By): string {
	return actor.kind === 'anonymous' ? '' : actor.name;
}
