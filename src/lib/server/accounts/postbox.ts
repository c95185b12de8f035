import type { Log } from '../log.ts';
import type { Mail } from '../mail/mail.ts';
import { letter, type LetterAbout } from './letters.ts';

/** Sends letters after the answer has gone out: how long mail takes would tell who has an account. */
export type Postbox = {
	readonly isOn: boolean;
	/** @param locale the reader's; null for the product's own */
	post(to: string, about: LetterAbout, locale: string | null): void;
	/** For an act that reports whether mail went out; by people who may know. */
	send(to: string, about: LetterAbout, locale: string | null): Promise<boolean>;
	/** Resolves when all that was posted has been sent or failed. */
	idle(): Promise<void>;
};

export function createPostbox(mail: Pick<Mail, 'isOn' | 'send'>, log: Log): Postbox {
	const underWay = new Set<Promise<void>>();
	const send: Postbox['send'] = async (to, about, locale) =>
		(await mail.send(letter(to, about, locale))).ok;
	return {
		isOn: mail.isOn,
		send,
		post(to, about, locale) {
			if (!mail.isOn) return;
			const sending = send(to, about, locale)
				.then((sent) => log.info({ letter: about.kind, sent }, 'letter'))
				.finally(() => underWay.delete(sending));
			underWay.add(sending);
		},
		async idle() {
			await Promise.all(underWay);
		}
	};
}
