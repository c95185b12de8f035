import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { ffmpeg } from '../../support/ffmpeg.ts';
import { rtspClient, type RtspAnswer, type RtspClient } from '../../support/rtsp-client.ts';
import { levelDbfs, pitchLevelDbfs } from '../../support/sound-level.ts';
import { OPUS_CLOCK_HZ, toneVoice } from '../../support/voices.ts';
import { pathState } from './control-api.ts';
import type { Stage } from './stage.ts';

/** RTSP over TCP, as the caption workers and operators pull a channel. */
export function rtsp(stage: () => Stage): void {
	async function url(path: string): Promise<string> {
		const token = await stage().server.tokens.sign([{ action: 'read', path }]);
		return `${stage().server.rtspBase}/${path}?token=${token}`;
	}

	/** Records as a caption worker does: PCM, mono, 48 kHz. */
	async function record(path: string, seconds: number): Promise<Float32Array> {
		const input = ['-rtsp_transport', 'tcp', '-i', await url(path)];
		// Where the stream's time goes on without packets, silence is filled in: sound keeps pace with the clock.
		const filled = ['-af', 'aresample=async=1'];
		const output = [...filled, '-t', `${seconds}`, '-ac', '1', '-ar', `${OPUS_CLOCK_HZ}`];
		const pcm = await ffmpeg([...input, ...output, '-f', 'f32le', 'pipe:1']);
		return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength));
	}

	async function client(): Promise<RtspClient> {
		const opened = await rtspClient(stage().server.rtspBase);
		stage().closeLater(opened);
		return opened;
	}

	it('lets ffmpeg record what is published', async () => {
		const path = await stage().channel();
		const publisher = await stage().publish(path, await toneVoice(440));
		publisher.speak();
		const pcm = await record(path, 2);
		expect(pcm.length).toBeGreaterThan(1.8 * OPUS_CLOCK_HZ);
		expect(pitchLevelDbfs(pcm.subarray(-OPUS_CLOCK_HZ), OPUS_CLOCK_HZ, 440)).toBeGreaterThan(-15);
	});

	it('goes on through a change of publishers and the silence after them', async () => {
		const path = await stage().channel();
		const a = await stage().publish(path, await toneVoice(440));
		a.speak();
		const recording = record(path, 4);
		await eventually('ffmpeg listens', async () => {
			const { readers } = await pathState(stage().api, path);
			return readers.some(({ type }) => type === 'rtspSession');
		});
		const listener = await stage().listen(path);
		let frames = 0;
		await listener.next('a while of the first voice', () => ++frames > 60);
		const b = await stage().publish(path, await toneVoice(1030));
		b.speak();
		await listener.next('a while of the second voice', () => ++frames > 120);
		await b.leave();

		const pcm = await recording;
		expect(pcm.length).toBeGreaterThan(3.8 * OPUS_CLOCK_HZ);
		expect(loudestPitchDbfs(pcm, 440)).toBeGreaterThan(-16);
		expect(loudestPitchDbfs(pcm, 1030)).toBeGreaterThan(-16);
		expect(levelDbfs(pcm.subarray(-OPUS_CLOCK_HZ / 4))).toBeLessThan(-60);
	});

	it('records silence where nobody speaks', async () => {
		const pcm = await record(await stage().channel(), 1);
		expect(pcm.length).toBeGreaterThan(0.9 * OPUS_CLOCK_HZ);
		expect(levelDbfs(pcm)).toBeLessThan(-60);
	});

	it('describes, sets up, plays, is kept alive and torn down', async () => {
		const path = await stage().channel();
		const control = await client();
		const target = await url(path);

		const options = await control.ask('OPTIONS', target);
		expect(options.status).toBe(200);
		expect((options.headers['public'] ?? '').split(/,\s*/)).toEqual(
			expect.arrayContaining(['DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER', 'TEARDOWN'])
		);

		const described = await control.ask('DESCRIBE', target, { accept: 'application/sdp' });
		expect(described.status).toBe(200);
		expect(described.headers['content-type']).toBe('application/sdp');
		expect(described.body).toMatch(/^m=audio 0 RTP\/AVP \d+\r?$/m);
		expect(described.body).toMatch(/^a=rtpmap:\d+ opus\/48000\/2\r?$/m);
		const { base, track } = addresses(described, target);

		const another = await client();
		await another.ask('DESCRIBE', target);
		const overUdp = { transport: 'RTP/AVP;unicast;client_port=50000-50001' };
		expect((await another.ask('SETUP', track, overUdp)).status).toBe(461);

		const setUp = await control.ask('SETUP', track, OVER_TCP);
		expect(setUp.status).toBe(200);
		expect(setUp.headers['transport']).toMatch(/interleaved=0-1/);
		const session = { session: setUp.headers['session']?.split(';')[0] ?? '' };
		expect(session.session).not.toBe('');
		expect((await control.ask('PLAY', base, { ...session, range: 'npt=0-' })).status).toBe(200);
		await eventually('RTP arrives', () =>
			control.interleaved.some(({ channel, bytes }) => channel === 0 && bytes.length > 12)
		);
		expect((await control.ask('GET_PARAMETER', base, session)).status).toBe(200);
		expect((await control.ask('TEARDOWN', base, session)).status).toBe(200);
		await eventually(
			'the reader is gone',
			async () => (await pathState(stage().api, path)).readers.length === 0
		);
	});

	it('lets nobody read without a token for the path', async () => {
		const [path, other] = [await stage().channel(), await stage().channel()];
		const tokenFor = (action: 'read' | 'publish', to: string): Promise<string> =>
			stage().server.tokens.sign([{ action, path: to }]);
		const wrong = {
			none: '',
			garbage: '?token=garbage',
			'another path': `?token=${await tokenFor('read', other)}`,
			'another action': `?token=${await tokenFor('publish', path)}`
		};
		const statuses = Object.entries(wrong).map(async ([what, query]) => {
			const { status } = await (
				await client()
			).ask('DESCRIBE', `${stage().server.rtspBase}/${path}${query}`);
			return [what, status];
		});
		expect(await Promise.all(statuses)).toEqual(Object.keys(wrong).map((what) => [what, 401]));
	});

	it('has nothing to describe where nothing is', async () => {
		const ask = async (path: string): Promise<number> =>
			(await (await client()).ask('DESCRIBE', await url(path))).status;
		expect(await ask(await stage().floor())).toBe(404);
		expect([400, 404]).toContain(await ask('nobody/made-this'));
	});

	it('ends its readers when the path goes', async () => {
		const path = await stage().channel();
		const control = await client();
		const target = await url(path);
		const { base, track } = addresses(await control.ask('DESCRIBE', target), target);
		const setUp = await control.ask('SETUP', track, OVER_TCP);
		const session = { session: setUp.headers['session']?.split(';')[0] ?? '' };
		expect((await control.ask('PLAY', base, session)).status).toBe(200);

		await stage().api.send('DELETE', `/v3/config/paths/delete/${path}`);
		await control.closed;
	});
}

const OVER_TCP = { transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };

/** Where to PLAY and where to SETUP the one track (RFC 2326, appendix C.1.1). */
function addresses(described: RtspAnswer, target: string): { base: string; track: string } {
	const media = described.body.slice(described.body.indexOf('m='));
	const control = /^a=control:(.*)$/m.exec(media)?.[1]?.trim() ?? '';
	const base = described.headers['content-base'] ?? target;
	// Appended as text, as clients do: MediaMTX's base carries the token in its query.
	return { base, track: control.startsWith('rtsp:') ? control : `${base}${control}` };
}

/** The loudest quarter of a second at this pitch. */
function loudestPitchDbfs(pcm: Float32Array, pitchHz: number): number {
	const window = OPUS_CLOCK_HZ / 4;
	let loudest = -Infinity;
	for (let at = 0; at + window <= pcm.length; at += window)
		loudest = Math.max(
			loudest,
			pitchLevelDbfs(pcm.subarray(at, at + window), OPUS_CLOCK_HZ, pitchHz)
		);
	return loudest;
}
