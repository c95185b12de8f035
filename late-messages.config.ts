import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

/**
 * Languages whose texts a browser fetches only when its reader wants them. Compiled messages hold every language
 * of every text, and seven of them would cost a phone more than the radio itself; on the server all are at hand.
 */
const LATE = ['fr', 'es', 'hi', 'zh'] as const;
const MESSAGE = /\/paraglide\/messages\/(?!_index)[^/]+\.js$/;
/** By its path: the compiled messages are a folder of their own, where the alias of the sources is not known. */
const LOOK_UP = path.resolve('src/lib/client/late-messages.ts');
const VIRTUAL = 'virtual:late-messages/';

export function lateMessages(): Plugin {
	return {
		name: 'voxbento-late-messages',
		enforce: 'pre',
		resolveId: (id) => (id.startsWith(VIRTUAL) ? `\0${id}` : null),
		load(id) {
			if (!id.startsWith(`\0${VIRTUAL}`)) return null;
			return tableOf(id.slice(VIRTUAL.length + 1));
		},
		transform(code, id, options) {
			if (options?.ssr || !MESSAGE.test(id.split('?')[0] ?? id)) return null;
			return { code: withoutLate(code), map: null };
		}
	};
}

/** A compiled message that looks its late languages up, and says it in English where they are not there. */
export function withoutLate(code: string): string {
	let result = code;
	for (const locale of LATE)
		result = result
			.replace(new RegExp(`const ${locale}_\\w+ = [\\s\\S]*?\\n};\\n`, 'g'), '')
			.replace(
				new RegExp(`\\tif \\(locale === "${locale}"\\) return ${locale}_\\w+\\(inputs\\)\\n`, 'g'),
				''
			);
	// One branch for all that are late: a branch for each would cost more than the texts.
	if (result.includes('const locale = '))
		result = result.replace(
			/return en_(\w+)\(inputs\)\n\}\)/g,
			(_, key: string) => `return (late(locale, "${key}") ?? en_${key})(inputs)\n})`
		);
	return `import { late } from ${JSON.stringify(LOOK_UP)};\n${result}`;
}

/** All texts of one language as a module: `{key: (inputs) => text}`. */
export function tableOf(locale: string): string {
	const entries = readdirSync('messages')
		.map((namespace) => `messages/${namespace}/${locale}.json`)
		.filter((file) => existsSync(file))
		.flatMap((file) => Object.entries(JSON.parse(readFileSync(file, 'utf8')) as object))
		.filter(([key, text]) => !key.startsWith('$') && typeof text === 'string');
	const lines = entries.map(([key, text]) => `${key}:i=>${templateOf(String(text))}`);
	return `export default {${lines.join(',\n')}};`;
}

/** `Hello {name}` as a template literal over the inputs `i`. */
function templateOf(text: string): string {
	const parts = text.split(/\{(\w+)\}/);
	const literal = (part: string) => part.replace(/[`\\]|\$\{/g, (found) => `\\${found}`);
	return `\`${parts.map((part, n) => (n % 2 === 0 ? literal(part) : `\${i?.${part}}`)).join('')}\``;
}
