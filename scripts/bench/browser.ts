import { build } from 'esbuild';
import type { Page } from '@playwright/test';
import { stageOn } from '../../tests/contracts/media-server/stage.ts';
import type { RunningMediaServer } from '../../tests/contracts/media-server/running-media-server.ts';
import { invitePerson } from '../../tests/support/people.ts';
import { toneVoice } from '../../tests/support/voices.ts';

/** One tap in a real Chromium, by the code of the listener's page; milliseconds from the tap. */
export type Tap = {
	/** The media server's answer has arrived. */
	readonly answerMs: number;
	readonly firstPacketMs: number;
	/** The first sample louder than −40 dBFS that left the jitter buffer. */
	readonly firstSoundMs: number;
};

/** What the page runs: the listener's own session, watched. */
const LISTENER = `
import { openWhepSession } from './src/lib/client/whep-session.ts';
window.tap = async (url, token) => {
	const tappedAt = performance.now();
	const since = () => performance.now() - tappedAt;
	const session = await openWhepSession(url, token);
	const answerMs = since();
	const [track] = session.stream.getAudioTracks();
	const firstPacket = track.muted
		? new Promise((resolve) => track.addEventListener('unmute', () => resolve(since()), { once: true }))
		: Promise.resolve(since());
	const element = new Audio();
	element.srcObject = session.stream;
	await element.play();
	const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
	let firstSoundMs = 0;
	while (firstSoundMs === 0) {
		const { value: frame } = await reader.read();
		const samples = new Float32Array(frame.numberOfFrames);
		frame.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
		frame.close();
		if (samples.some((sample) => Math.abs(sample) > 0.01)) firstSoundMs = since();
	}
	const firstPacketMs = await firstPacket;
	void reader.cancel();
	element.pause();
	session.close();
	return { answerMs, firstPacketMs, firstSoundMs };
};`;

/** Taps one after the other on a channel that somebody speaks on. */
export async function taps(server: RunningMediaServer, count: number): Promise<Tap[]> {
	const stage = stageOn(server);
	const path = await stage.channel();
	(await stage.publish(path, await toneVoice(440))).speak();
	const { url, token = '' } = await stage.endpoint('whep', path);
	const listener = await invitePerson('none');
	try {
		await openPage(listener.page, server.webrtcBase);
		const taken: Tap[] = [];
		for (let n = 0; n < count; n++)
			taken.push(
				await listener.page.evaluate(([url, token]) => window.tap(url, token), [
					url,
					token
				] as const)
			);
		return taken;
	} finally {
		await listener.close();
		await stage.clear();
	}
}

/** An empty page of the media server's own origin, with the listener's code in it. */
async function openPage(page: Page, origin: string): Promise<void> {
	const { outputFiles } = await build({
		stdin: { contents: LISTENER, resolveDir: '.', loader: 'ts' },
		bundle: true,
		write: false,
		format: 'iife'
	});
	await page.route('**/bench', (route) =>
		route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>bench</title>' })
	);
	await page.goto(`${origin}/bench`);
	await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
}

declare global {
	interface Window {
		tap(url: string, token: string): Promise<Tap>;
	}
}
