import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import ts from 'typescript';
import type { Place } from './place.ts';

const PROTOCOL = 'src/lib/protocol';
/** Which namespace takes the messages of which map; a map that is not here fails the test. */
const NAMESPACES: Readonly<Record<string, string>> = {
	BoothClientEvents: '/booth',
	CaptionClientEvents: '/listen',
	ControlClientEvents: '/control',
	ListenClientEvents: '/listen',
	WorkerClientEvents: '/worker'
};

/** Every message that a client may send, `/booth booth:join`, read from the protocol's own maps. */
export function messages(): string[] {
	return readdirSync(PROTOCOL)
		.filter((name) => name.endsWith('.ts'))
		.flatMap((name) => {
			const text = readFileSync(join(PROTOCOL, name), 'utf8');
			const file = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext);
			return file.statements
				.filter(ts.isInterfaceDeclaration)
				.filter((each) => each.name.text.endsWith('ClientEvents'))
				.flatMap((each) => {
					const namespace = NAMESPACES[each.name.text];
					if (namespace === undefined) throw new Error(`whose messages are ${each.name.text}?`);
					return each.members.map(({ name }) => {
						if (!name || !ts.isStringLiteral(name))
							throw new Error(`odd name in ${each.name.text}`);
						return `${namespace} ${name.text}`;
					});
				});
		});
}

const ENTRIES: Readonly<Record<string, string>> = {
	'/booth': 'booth:join',
	'/control': 'control:join'
};

type Answer = { ok: boolean; value?: unknown; error?: { code: string } };

/** Refusals for lack of a right; any other answer means that the person may ask. */
const DENIED = ['forbidden', 'not_allowed', 'not_joined'];

/**
 * `+` answered, perhaps that it makes no sense now · `1` 4001, nobody knows who they are · `3` 4003 or refused for
 * lack of a right. A message for those inside is sent after joining, as a page does.
 */
export async function socketOutcome(
	url: string,
	message: string,
	place: Place,
	cookie: string
): Promise<string> {
	const [namespace = '', name = ''] = message.split(' ');
	const socket = io(url + namespace, {
		...{ transports: ['websocket'], forceNew: true, reconnection: false },
		extraHeaders: { cookie }
	});
	try {
		const refused = await connected(socket);
		if (refused) return refused;
		const address = {
			...{ event: place.event, room: place.room === 'main' ? null : place.room },
			language: place.lang,
			as: 'desk'
		};
		const entry = ENTRIES[namespace] ?? 'listen:join';
		const joined = await ask(socket, entry, address);
		if (name === entry || !joined.ok) return letter(joined);
		return letter(await ask(socket, name, inputOf(name, joined, place)));
	} finally {
		socket.disconnect();
	}
}

function inputOf(name: string, joined: Answer, place: Place): object {
	const state = (joined.value as { state?: { you: { seat: string } } }).state;
	const { booth } = place;
	const unknown = { id: '00000000-0000-4000-8000-000000000000' };
	const inputs: Readonly<Record<string, object>> = {
		'booth:consent': { captions: true },
		'booth:done': unknown,
		'booth:help': { text: 'hello' },
		'booth:note': { text: '4.7' },
		'booth:note-remove': unknown,
		'booth:relay': { from: null },
		'booth:signal': { code: 'slower' },
		'control:open': { booth },
		'control:close': { booth },
		'control:set-active': { booth, seat: 'nobody' },
		'control:take-off': { booth, reason: 'too loud' },
		'control:message': { booth, body: 'hello' },
		'control:move': { ...unknown, state: 'done' },
		'booth:chat': { body: 'hello' },
		'booth:offer': { seat: state?.you.seat },
		'booth:set-active': { seat: state?.you.seat },
		'captions:join': { channel: place.booth, seq: 0, language: null }
	};
	return inputs[name] ?? {};
}

function connected(socket: Socket): Promise<string | null> {
	return new Promise((resolve, reject) => {
		socket.on('connect', () => resolve(null));
		socket.on('connect_error', (error: Error & { data?: { code?: number } }) => {
			if (error.data?.code === 4001) resolve('1');
			else if (error.data?.code === 4003) resolve('3');
			else reject(error);
		});
	});
}

/** A person who is dismissed with the answer on its way gets what the dismissal says. */
function ask(socket: Socket, name: string, input: object): Promise<Answer> {
	return new Promise((resolve, reject) => {
		socket.once('closed', ({ code }: { code: number }) =>
			resolve({ ok: false, error: { code: code === 4001 ? 'credentials_missing' : 'forbidden' } })
		);
		socket.timeout(10_000).emit(name, input, (error: Error | null, answer: Answer) => {
			if (error) reject(error);
			else resolve(answer);
		});
	});
}

function letter({ ok, error }: Answer): string {
	if (ok) return '+';
	if (error?.code === 'credentials_missing') return '1';
	return DENIED.includes(error?.code ?? '') ? '3' : '+';
}
