import { enterBooth } from './guest.ts';
import type { Stack } from './stack.ts';
import { toneVoice } from './voices.ts';
import { publish } from './webrtc/whip-publisher.ts';

/** Somebody who interprets without a browser: what they say is a tone. */
export type Speaking = {
	/** Goes off air in an orderly way and leaves the booth. */
	stop(): Promise<void>;
};

/**
 * Sits down in a booth of the demo event, goes live and speaks; resolves when the booth is live.
 *
 * @param amplitude of the tone, 0–1
 */
export async function speakIn(
	stack: Stack,
	language: string,
	toneHz: number,
	amplitude?: number
): Promise<Speaking> {
	const door = stack.demo.voices.find((voice) => voice.language === language);
	if (!door) throw new Error(`the demo event has no booth for ${language}`);
	const place = { event: stack.demo.slug, language };
	const guest = await enterBooth(stack.url, `/join/${door.invite}`, `Tone ${toneHz}`, place);
	await guest.ask('booth:go-live');
	const publisher = await publish(await guest.ticket(), await toneVoice(toneHz, 40, amplitude));
	publisher.speak();
	await guest.until('live', ({ phase }) => phase.kind === 'live');
	return {
		async stop() {
			await guest.ask('booth:stop');
			publisher.close();
			await guest.leave();
		}
	};
}

/** The stage: a technician's tone on the floor of the main room. */
export async function speakOnStage(
	stack: Stack,
	toneHz: number,
	amplitude?: number
): Promise<Speaking> {
	const path = `${stack.demo.slug}/floor`;
	const ticket = await stack.command<{ token: string }>('token', { action: 'publish', path });
	const endpoint = { url: `${stack.mediaUrl}/${path}/whip`, token: ticket.token };
	const publisher = await publish(endpoint, await toneVoice(toneHz, 40, amplitude));
	publisher.speak();
	return {
		async stop() {
			await publisher.leave();
		}
	};
}
