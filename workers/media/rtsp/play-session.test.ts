import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LivePath, type PathPublisher } from '../paths/live-path.ts';
import { DEFAULT_PATH_CONFIG } from '../paths/path-config.ts';
import { PlaySession } from './play-session.ts';

const FRAME_SAMPLES = 960;
/** The largest frames there are, so that the kernel's own buffers are soon full. */
const payload = Buffer.alloc(1300, 0xf8);

let server: Server;
let ours: Socket;
let theirs: Socket;
beforeEach(async () => {
	server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	theirs = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
	[ours] = (await once(server, 'connection')) as [Socket];
	ours.on('error', () => undefined);
});
afterEach(() => {
	theirs.destroy();
	ours.destroy();
	server.close();
});

test('a reader that takes nothing has a bounded queue, misses frames, and is gone after 5 s', async () => {
	const path = new LivePath('a', DEFAULT_PATH_CONFIG, new Set());
	const publisher: PathPublisher = { id: 'p', type: 'webRTCSession', end: () => undefined };
	let n = 0;
	let nowMs = performance.now();
	const speak = (): void => {
		path.incoming(
			publisher,
			{
				payloadType: 111,
				marker: false,
				sequence: n & 0xffff,
				timestamp: (n * FRAME_SAMPLES) >>> 0,
				ssrc: 1,
				payload,
				level: null
			},
			nowMs
		);
		n += 1;
	};
	speak();
	const ended: PlaySession[] = [];
	const request = { remoteAddress: '', query: '', user: '', userAgent: '' };
	const reader = new PlaySession(path, request, ours, { rtp: 0, rtcp: 1 }, (s) => ended.push(s));
	theirs.pause();
	reader.play();

	// The socket's own buffers take a few megabytes first; nothing of this waits for time to pass.
	while (reader.outboundDiscarded === 0 && n < 100_000) {
		speak();
		if (n % 30 === 0) await new Promise((resolve) => setImmediate(resolve));
	}
	expect(reader.outboundDiscarded).toBeGreaterThan(0);
	expect(ours.writableLength).toBeLessThan(64 * 1024);
	expect(ended).toEqual([]);
	nowMs += 5100;
	speak();
	expect(ended).toEqual([reader]);
	expect(path.readers).toEqual([]);
});
