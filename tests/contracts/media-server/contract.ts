import nodeDataChannel from 'node-datachannel';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { StartMediaServer } from './running-media-server.ts';
import { signalling } from './signalling.ts';
import { stageOn, type Stage } from './stage.ts';

/**
 * What the portal, its clients and the caption workers may expect of a media server. `differences.ts` says
 * where the servers differ.
 *
 * @param name of the server, for the report
 * @param start gives one that is empty and the suite's own
 */
export function mediaServerContract(name: string, start: StartMediaServer): void {
	describe(name, () => {
		let current: Stage | undefined;
		const stage = (): Stage => {
			if (current === undefined) throw new Error('the media server is not running');
			return current;
		};

		beforeAll(async () => {
			current = stageOn(await start());
		});
		afterEach(() => stage().clear());
		afterAll(async () => {
			await stage().server.stop();
			// Waits for every native peer to be gone and throws when one is left open.
			nodeDataChannel.cleanup();
		});

		describe('signalling', () => signalling(stage));
	});
}
