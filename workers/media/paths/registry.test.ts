import { expect, test } from 'vitest';
import { PathRegistry } from './registry.ts';

const CHANNEL = { alwaysAvailable: true, alwaysAvailableTracks: [{ codec: 'Opus' }] };

test('paths are added once, changed, replaced and deleted', () => {
	const paths = new PathRegistry(new Set());
	expect(paths.add('b', CHANNEL).ok).toBe(true);
	expect(paths.add('b', CHANNEL)).toMatchObject({ ok: false, error: { code: 'path_exists' } });
	expect(paths.replace('a', {}).ok).toBe(true);
	expect(paths.list().map(({ name }) => name)).toEqual(['a', 'b']);
	expect(paths.patch('b', { maxReaders: 3 }).ok).toBe(true);
	expect(paths.get('b')?.config).toMatchObject({ alwaysAvailable: true, maxReaders: 3 });
	expect(paths.replace('b', {}).ok).toBe(true);
	expect(paths.get('b')?.config).toMatchObject({ alwaysAvailable: false, maxReaders: 0 });
	expect(paths.delete('b').ok).toBe(true);
	expect(paths.get('b')).toBeNull();
});

test('what is not there cannot be changed or deleted', () => {
	const paths = new PathRegistry(new Set());
	expect(paths.patch('x', {})).toMatchObject({ ok: false, error: { code: 'path_missing' } });
	expect(paths.delete('x')).toMatchObject({ ok: false, error: { code: 'path_missing' } });
});

test('a refused change leaves the path as it was', () => {
	const paths = new PathRegistry(new Set());
	paths.add('a', CHANNEL);
	expect(paths.patch('a', { alwaysAvailableTracks: [] }).ok).toBe(false);
	expect(paths.get('a')?.config.alwaysAvailableTracks).toHaveLength(1);
	expect(paths.add('../etc', CHANNEL)).toMatchObject({
		ok: false,
		error: { code: 'name_invalid' }
	});
});
