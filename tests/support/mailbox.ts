import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.ts';

export type Received = { readonly to: string; readonly subject: string; readonly text: string };

/** A real SMTP server on this machine that keeps what it is sent. */
export type Mailbox = {
	/** For `SMTP_URL`. */
	readonly url: string;
	readonly letters: readonly Received[];
	/** The newest letter to an address, once there are `count` of them. */
	letterTo(address: string, count?: number): Promise<Received>;
	/** Refuses everything from now on, as a mail server with a full disk does. */
	refuse(): void;
	stop(): Promise<void>;
};

export async function startMailbox(): Promise<Mailbox> {
	const letters: Received[] = [];
	let isRefusing = false;
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		onData(stream, session, done) {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				if (isRefusing) return done(new Error('no room'));
				const raw = Buffer.concat(chunks).toString('utf8');
				for (const { address } of session.envelope.rcptTo)
					letters.push({ to: address, ...read(raw) });
				done();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.server.address() as AddressInfo;
	const to = (address: string) => letters.filter((letter) => letter.to === address);

	return {
		url: `smtp://127.0.0.1:${port}`,
		letters,
		async letterTo(address, count = 1) {
			await eventually(`letter ${count} to ${address}`, () => to(address).length >= count);
			const letter = to(address).at(-1);
			if (!letter) throw new Error('no letter');
			return letter;
		},
		refuse() {
			isRefusing = true;
		},
		stop: () => new Promise((resolve) => server.close(resolve))
	};
}

/** The one link of a letter. */
export function linkIn({ text }: Received): string {
	const links = text.match(/https?:\/\/\S+/g) ?? [];
	if (links.length !== 1 || links[0] === undefined) throw new Error(`no one link in: ${text}`);
	return links[0];
}

/** The last part of the link, which is the secret. */
export function secretIn(letter: Received): string {
	return new URL(linkIn(letter)).pathname.split('/').at(-1) ?? '';
}

/** Plain letters only, which is all the portal sends (RFC 2045 for the encodings, RFC 2047 for the subject). */
function read(raw: string): { subject: string; text: string } {
	const [head = '', ...body] = raw.split('\r\n\r\n');
	const field = (name: string) =>
		new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(head)?.[1]?.replace(/\r\n\s+/g, ' ');
	const encoding = field('content-transfer-encoding')?.toLowerCase() ?? '7bit';
	const content = body.join('\r\n\r\n');
	const text =
		encoding === 'base64'
			? Buffer.from(content, 'base64').toString('utf8')
			: encoding === 'quoted-printable'
				? fromQuotedPrintable(content.replace(/=\r\n/g, ''))
				: content;
	const subject = (field('subject') ?? '').replace(
		/=\?utf-8\?([qb])\?([^?]*)\?=\s*/gi,
		(_all, kind: string, coded: string) =>
			kind.toLowerCase() === 'b'
				? Buffer.from(coded, 'base64').toString('utf8')
				: fromQuotedPrintable(coded.replace(/_/g, ' '))
	);
	return { subject, text };
}

function fromQuotedPrintable(text: string): string {
	const bytes = text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
		String.fromCharCode(parseInt(hex, 16))
	);
	return Buffer.from(bytes, 'latin1').toString('utf8');
}
