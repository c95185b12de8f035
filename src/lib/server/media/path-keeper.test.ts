import { describe, expect, it, vi } from 'vitest';
import type { MediaPath } from '#lib/domain/media-path.ts';
import { createLog } from '../log.ts';
import {
	MediaServerDown,
	PathRefused,
	type PathOutcome,
	type PathSettings,
	type PathStatus
} from './media-server.ts';
import { createPathKeeper, type WantedPath } from './path-keeper.ts';

const INFO = { version: 'v1.20.1', startedAt: 'monday', audioOnly: false };
const want = (path: string): WantedPath => ({
	path: path as MediaPath,
	isFloor: path.endsWith('/floor')
});
const there = (path: string, online = false): PathStatus => ({
	path,
	online,
	sourceId: null,
	readers: 0,
	inboundBytes: 0,
	levelDb: null
});

/** A media server's paths, as far as the keeper sees them. */
function paths(outcome: (path: string) => PathOutcome = () => 'kept') {
	const ensured: [string, PathSettings][] = [];
	const removed: string[] = [];
	let underWay = 0;
	let most = 0;
	const media = {
		ensurePath: vi.fn(async (path: MediaPath, settings: PathSettings) => {
			most = Math.max(most, ++underWay);
			await new Promise((resolve) => setImmediate(resolve));
			underWay -= 1;
			ensured.push([path, settings]);
			return outcome(path);
		}),
		removePath: vi.fn((path: MediaPath) => {
			removed.push(path);
			return Promise.resolve();
		})
	};
	const keeper = createPathKeeper(media, createLog('silent'));
	return { keeper, media, ensured, removed, most: () => most };
}

describe('path keeper', () => {
	it('looks at every path once and makes the missing ones again', async () => {
		const { keeper, ensured } = paths();
		const wanted = [want('ev/fr'), want('ev/de')];
		keeper.keep(wanted, [there('ev/fr')], INFO);
		await keeper.idle();
		expect(ensured.map(([path]) => path)).toEqual(['ev/fr', 'ev/de']);

		keeper.keep(wanted, [there('ev/fr'), there('ev/de')], INFO);
		await keeper.idle();
		expect(ensured).toHaveLength(2);

		keeper.keep(wanted, [there('ev/fr')], INFO);
		await keeper.idle();
		expect(ensured.slice(2).map(([path]) => path)).toEqual(['ev/de']);
	});

	it('looks at all of them again when the media server was restarted', async () => {
		const { keeper, ensured } = paths();
		const wanted = [want('ev/fr')];
		for (const startedAt of ['monday', 'monday', 'tuesday']) {
			keeper.keep(wanted, [there('ev/fr')], { ...INFO, startedAt });
			await keeper.idle();
		}
		expect(ensured).toHaveLength(2);
	});

	it('keeps booths available, and the floor only where no picture can come', async () => {
		const { keeper, ensured } = paths();
		const wanted = [want('ev/fr'), want('ev/floor')];
		keeper.keep(wanted, [], INFO);
		await keeper.idle();
		keeper.keep(wanted, [], { ...INFO, startedAt: 'tuesday', audioOnly: true });
		await keeper.idle();
		expect(ensured.map(([path, { alwaysAvailable }]) => [path, alwaysAvailable])).toEqual([
			['ev/fr', true],
			['ev/floor', false],
			['ev/fr', true],
			['ev/floor', true]
		]);
	});

	it('mends wrong settings when nobody is on air any more', async () => {
		let outcome: PathOutcome = 'postponed';
		const { keeper, ensured } = paths(() => outcome);
		const wanted = [want('ev/fr')];
		const look = async (online: boolean) => {
			keeper.keep(wanted, [there('ev/fr', online)], INFO);
			await keeper.idle();
			return ensured.length;
		};
		expect(await look(true)).toBe(1);
		expect(await look(true)).toBe(1);
		outcome = 'changed';
		expect(await look(false)).toBe(2);
		expect(await look(false)).toBe(2);
	});

	it('removes what it knew and is no longer wanted, and nothing else', async () => {
		const { keeper, removed } = paths();
		keeper.keep([want('ev/fr'), want('ev/de')], [], INFO);
		await keeper.idle();
		keeper.keep([want('ev/de')], [there('ev/fr'), there('ev/de'), there('other/es')], INFO);
		await keeper.idle();
		expect(removed).toEqual(['ev/fr']);
	});

	it('lets one path the media server will not have stand back, and no other', async () => {
		const { keeper, media, ensured } = paths((path) => {
			if (path === 'ev/x') throw new PathRefused('no');
			return 'created';
		});
		const wanted = [want('ev/x'), want('ev/fr')];
		keeper.keep(wanted, [], INFO);
		await keeper.idle();
		expect(ensured.map(([path]) => path)).toContain('ev/fr');
		keeper.keep(wanted, [there('ev/fr')], INFO);
		await keeper.idle();
		expect(media.ensurePath).toHaveBeenCalledTimes(2);
	});

	it('asks for a few at once, for one work at a time, and gives up when nobody answers', async () => {
		const wanted = Array.from({ length: 50 }, (_, index) => want(`ev/l${index}`));
		const { keeper, media, most } = paths();
		keeper.keep(wanted, [], INFO);
		keeper.keep(wanted, [], INFO);
		await keeper.idle();
		expect(media.ensurePath).toHaveBeenCalledTimes(50);
		expect(most()).toBeLessThanOrEqual(8);

		const down = paths(() => {
			throw new MediaServerDown('gone', 'refused');
		});
		down.keeper.keep(wanted, [], INFO);
		await down.keeper.idle();
		expect(down.media.ensurePath.mock.calls.length).toBeLessThanOrEqual(8);
		down.keeper.keep(wanted, [], INFO);
		await down.keeper.idle();
		expect(down.media.ensurePath.mock.calls.length).toBeGreaterThan(8);
	});
});
