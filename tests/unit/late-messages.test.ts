import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tableOf, withoutLate } from '../../late-messages.config.ts';

const compiled = readFileSync('src/lib/paraglide/messages/listen_since.js', 'utf8');

test('a browser’s message carries its own languages and looks the others up', () => {
	const code = withoutLate(compiled);
	expect(code).toContain('since ');
	expect(code).toContain('de_listen_since');
	expect(code).not.toContain('depuis');
	expect(code).not.toContain('fr_listen_since(inputs)');
	expect(code).toContain('return (late(locale, "listen_since") ?? en_listen_since)(inputs)');
});

test('a table has every text of its language, with its inputs', async () => {
	const source = tableOf('fr');
	const table = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
		default: Record<string, (inputs?: object) => string>;
	};
	expect(table.default['listen_since']?.({ time: '14:02' })).toBe('depuis 14:02');
	expect(table.default['pages_retry']?.()).toBe('Réessayer');
});

test.each(['fr', 'es', 'hi', 'zh'])('%s says everything the audience reads', (locale) => {
	const keys = (namespace: string, of: string) =>
		Object.keys(JSON.parse(readFileSync(`messages/${namespace}/${of}.json`, 'utf8')) as object);
	for (const namespace of ['listen', 'pages'])
		expect(
			keys(namespace, 'en').filter(
				(key) => !key.startsWith('listen_desk') && !keys(namespace, locale).includes(key)
			)
		).toEqual([]);
});
