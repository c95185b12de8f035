import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { openPeers } from '../../support/webrtc/peer.ts';
import { access } from './access.ts';
import { channel } from './channel.ts';
import { control } from './control.ts';
import { floor } from './floor.ts';
import { metrics } from './metrics.ts';
import type { StartMediaServer } from './running-media-server.ts';
import { rtsp } from './rtsp.ts';
import { sessions } from './sessions.ts';
import { signalling } from './signalling.ts';
import { stageOn, type Stage } from './stage.ts';
import { uplink } from './uplink.ts';

/**
 * What the portal, its clients and the caption workers may expect of a media server. `differences.ts` says
 * where the servers differ.
 *
 * @param name of the server, for the report
 * @param start gives one that is empty and the suite's own
 * @param startForOutsiders gives one whose control API takes our requests for ones from another machine;
 *   without it that part is not run
 */
export function mediaServerContract(
	name: string,
	start: StartMediaServer,
	startForOutsiders?: StartMediaServer
): void {
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
			expect(openPeers()).toBe(0);
		});

		describe('signalling', () => signalling(stage));
		describe('access', () => access(stage, startForOutsiders));
		describe('channel', () => channel(stage));
		describe('uplink', () => uplink(stage));
		describe('floor', () => floor(stage));
		describe('RTSP', () => rtsp(stage));
		describe('control API', () => control(stage));
		describe('sessions', () => sessions(stage));
		describe('metrics', () => metrics(stage));
	});
}
