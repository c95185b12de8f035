import { createTransport } from 'nodemailer';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Log } from '../log.ts';

export type Letter = {
	readonly to: string;
	readonly subject: string;
	/** Plain text; every letter can be read without HTML. */
	readonly text: string;
	readonly html?: string;
};

/**
 * Mail by SMTP, for links to people. Without `SMTP_URL` it is off: pages ask `isOn` and offer the ways that
 * need no mail. What is in a letter is never logged, since links are secrets.
 */
export type Mail = {
	readonly isOn: boolean;
	/** Refusal `mail_failed` when the mail server did not take it; the log says why. Never throws. */
	send(letter: Letter): Promise<Result<void, 'mail_off' | 'mail_failed'>>;
	close(): void;
};

/** A mail server that does not answer must not hold a page for minutes. */
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
const CONNECTIONS = 3;

export type MailSettings = {
	/** `smtp[s]://user:password@host:port`; null: mail is off. */
	readonly smtpUrl: string | null;
	/** Sender as in RFC 5322: an address, or `Name <address>`. */
	readonly from: string;
};

export function createMail({ smtpUrl, from }: MailSettings, log: Log): Mail {
	if (smtpUrl === null)
		return {
			isOn: false,
			send: () => Promise.resolve(refuse('mail_off', 'Mail is off: SMTP_URL is not set.')),
			close: () => undefined
		};

	const transport = createTransport({
		url: smtpUrl,
		pool: true,
		maxConnections: CONNECTIONS,
		connectionTimeout: CONNECT_TIMEOUT_MS,
		greetingTimeout: CONNECT_TIMEOUT_MS,
		socketTimeout: ANSWER_TIMEOUT_MS,
		// Letters are made of our own words: nothing in them may name a file or an address to be read.
		disableFileAccess: true,
		disableUrlAccess: true
	});
	return {
		isOn: true,
		async send({ to, subject, text, html }) {
			try {
				await transport.sendMail({
					from,
					// As an object, so that a comma in an address cannot add a second one.
					to: { name: '', address: to },
					subject,
					text,
					...(html === undefined ? {} : { html }),
					headers: { 'Auto-Submitted': 'auto-generated' }
				});
				return ok(undefined);
			} catch (error) {
				// Only what the server said: nodemailer's errors may carry the letter.
				const { code, responseCode, message } = error as Error & {
					code?: string;
					responseCode?: number;
				};
				log.error({ code, responseCode, reason: message }, 'mail not sent');
				return refuse('mail_failed', 'The mail server did not take the message.');
			}
		},
		close: () => transport.close()
	};
}
