import { readdirSync } from 'node:fs';
import { readEndpoints, readProtocolFile, readRefusals } from './read.ts';
import { renderChapter, renderEndpoints, renderRefusals } from './render.ts';

export const DOCUMENT = 'docs/protocol.md';
const FOLDER = 'src/lib/protocol';

/** Chapters in the order in which a reader meets them; a file of the folder that is not here comes after these. */
const CHAPTERS: readonly { file: string; title: string }[] = [
	{ file: `${FOLDER}/answer.ts`, title: 'Answers and refused sockets' },
	{ file: `${FOLDER}/rest.ts`, title: 'REST' },
	{ file: 'src/lib/domain/booth/state.ts', title: 'The state of a booth' },
	{ file: `${FOLDER}/booth.ts`, title: 'Namespace /booth' },
	{ file: `${FOLDER}/listen.ts`, title: 'Namespace /listen' },
	{ file: `${FOLDER}/media-token.ts`, title: 'Tokens of the media server' },
	{ file: `${FOLDER}/captions.ts`, title: 'Captions' },
	{ file: `${FOLDER}/worker.ts`, title: 'Namespace /worker' }
];

const INTRODUCTION = `# Protocol

What crosses the border of a process: between pages and the portal, between the portal and its workers, and the
tokens that open the media server. This page is made from the schemas and event maps in \`${FOLDER}\`
by \`npm run docs:protocol\`; a test fails when it is out of date. Change the sources, not this page.

## Nouns, in the order in which they come into being

| Noun | What it is | Known by |
| --- | --- | --- |
| event | a conference | slug, \`^[a-z0-9]+(-[a-z0-9]+)*$\`, at most 64 characters |
| room | a stage of an event; the first is its main room | slug within its event; null means the main room |
| booth | one target language in one room | language code, canonical BCP-47 (\`pt-BR\`); \`floor\` is the original sound |
| channel | what a booth sends out | media path \`{event}/{language}\`, in other rooms \`{event}/{room}/{language}\` |
| invite | a way into a booth, a room or an event without an account | secret in its link; only a hash is stored |
| person | somebody who signed in, \`user:…\`, or came by an invite, \`guest:…\` | from the session's cookie, never from a message |
| seat | one open page of a person in a booth; the microphone right belongs to it | seat id; a reload makes a new one |
| state | what a booth is now: closed, empty, ready, going-live, live or handing-over | \`version\`, rising by one with every change |
| ticket | leave to publish one path, or to read an event's, for a short time | a signed token |
| handover | the passing of the microphone right from seat to seat | at most one per booth; every step expires |
| caption | what is said, as text: partial, then final | final: \`seq\`, rising by one per channel for ever |

## How one talks

Sockets are Socket.IO 4 on the portal's own port. Every request is acknowledged with an
\`Answer\`: \`{ok: true, value}\` or \`{ok: false, error: {code, message}}\`. REST answers the bare value with a 2xx
status or \`{error: {code, message}}\` with 4xx and 5xx. \`code\` is stable and meant for programs; \`message\` is English
and meant for logs. Times are epoch milliseconds of the server's clock. Who somebody is comes from their cookies:
\`user_token\` (account), \`session_token\` (invite), \`admin_token\`, \`listener_token_…\` (join code).`;

/** The whole document; the same sources always give the same text. */
export async function protocolDocument(): Promise<string> {
	const parts = [INTRODUCTION];
	for (const { file, title } of [...CHAPTERS, ...furtherFiles()]) {
		const schemas: Record<string, unknown> = await import(file.replace('src/lib/', '#lib/'));
		parts.push(renderChapter({ title, file: readProtocolFile(file), schemas }));
		if (title === 'REST') parts.push(renderEndpoints(readEndpoints('src/routes')));
	}
	const refusals = readRefusals(['src/lib/domain', 'src/lib/server', 'src/routes']);
	return `${[...parts, '## Codes of refusals', renderRefusals(refusals)].join('\n\n')}\n`;
}

function furtherFiles() {
	return readdirSync(FOLDER)
		.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
		.map((name) => ({ file: `${FOLDER}/${name}`, title: name.replace('.ts', '') }))
		.filter(({ file }) => CHAPTERS.every((chapter) => chapter.file !== file));
}
