import type { SpeakerView } from '#lib/protocol/control.ts';
import type { LinkState } from './joined-socket.ts';
import { openControlLink, type ControlLink } from './control-socket.ts';
import { keepScreenOn } from './wake-lock.ts';

/** The page in front of a speaker: what the booths ask for, and nothing else. */
export class SpeakerStore {
	link = $state.raw<LinkState>({ kind: 'left' });
	view = $state.raw<SpeakerView | null>(null);
	#link: ControlLink | null = null;
	#screen: () => void = () => undefined;

	open(event: string, room: string | null): void {
		this.#link = openControlLink(
			{ as: 'speaker', event, room },
			{
				onLink: (state) => (this.link = state),
				onFirst: (first) => (this.view = first as SpeakerView),
				onChanges: () => undefined,
				onSpeaker: (view) => (this.view = view)
			}
		);
		this.#screen = keepScreenOn();
	}

	close(): void {
		this.#screen();
		this.#link?.close();
	}
}
