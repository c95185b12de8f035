import { test } from 'vitest';
import { stageOn } from '../contracts/media-server/stage.ts';
import { startEmbedded } from '../contracts/media-server/start-embedded.ts';
import { toneVoice } from '../support/voices.ts';

const STOPS = 20;
/** Two cores start and stop this many at once without being out of breath. */
const AT_ONCE = 4;
const LISTENERS = 6;

/** The library's threads outlive the peers they served; one that calls back too late aborts the process. */
async function stopWithLivePeers(): Promise<void> {
	const server = await startEmbedded();
	const stage = stageOn(server);
	const path = await stage.channel();
	const publisher = await stage.publish(path, await toneVoice(440));
	publisher.speak();
	const listeners = await Promise.all(Array.from({ length: LISTENERS }, () => stage.listen(path)));
	await listeners[0]?.next('the voice', ({ payload }) => payload.length > 3);
	try {
		// Throws unless it ends by itself, soon and with 0.
		await server.stop();
	} finally {
		for (const peer of [publisher, ...listeners]) peer.close();
	}
}

test('the media server stops cleanly with its peers still there, again and again', async () => {
	for (let n = 0; n < STOPS; n += AT_ONCE)
		await Promise.all(Array.from({ length: AT_ONCE }, stopWithLivePeers));
}, 120_000);
