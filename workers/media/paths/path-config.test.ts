import { describe, expect, test } from 'vitest';
import { checkPathName, DEFAULT_PATH_CONFIG, readPathConfig } from './path-config.ts';

const OPUS = [{ codec: 'Opus' }];

describe('a path’s configuration', () => {
	test('is laid over what was there', () => {
		const first = readPathConfig(
			{ alwaysAvailable: true, alwaysAvailableTracks: OPUS },
			DEFAULT_PATH_CONFIG,
			'a/b'
		);
		if (!first.ok) throw new Error(first.error.message);
		expect(readPathConfig({ maxReaders: 5, name: 'a/b' }, first.value, 'a/b')).toEqual({
			ok: true,
			value: { ...first.value, maxReaders: 5 }
		});
	});

	test.each([
		['an unknown key', { record2: true }],
		['what this server cannot do', { record: true }],
		['another codec', { alwaysAvailable: true, alwaysAvailableTracks: [{ codec: 'G711' }] }],
		[
			'a track with MediaMTX’s forbidden details',
			{ alwaysAvailableTracks: [{ codec: 'Opus', sampleRate: 48_000 }] }
		],
		['always available without tracks', { alwaysAvailable: true }],
		['the wrong kind', { maxReaders: '5' }],
		['a negative number', { maxReaders: -1 }],
		['another name', { name: 'c' }],
		['a list', []],
		['nothing', null]
	])('is refused with %s', (_, given) => {
		expect(readPathConfig(given, DEFAULT_PATH_CONFIG, 'a/b')).toMatchObject({
			ok: false,
			error: { code: 'config_invalid' }
		});
	});
});

describe('a path’s name', () => {
	test.each(['floor', 'pycon-2026/fr', 'pycon-2026/hall-2/pt-BR', 'a.b_c'])('may be %s', (name) => {
		expect(checkPathName(name).ok).toBe(true);
	});

	test.each([
		'',
		'/a',
		'a/',
		'a//b',
		'a/../b',
		'./a',
		'a b',
		'ä',
		'~^a',
		'all_others',
		'a'.repeat(300)
	])('may not be "%s"', (name) => {
		expect(checkPathName(name)).toMatchObject({ ok: false, error: { code: 'name_invalid' } });
	});
});
