/** What the lock screen, a headset's buttons and a car's display show and do (W3C Media Session). */
export type NowPlaying = {
	readonly title: string;
	readonly artist: string;
	readonly album: string;
};

export type MediaSessionActs = {
	play(): void;
	pause(): void;
	previous(): void;
	next(): void;
};

/** Returns the way back: takes the handlers off again. */
export function bindMediaSession(acts: MediaSessionActs): () => void {
	const session = navigator.mediaSession as MediaSession | undefined;
	if (!session) return () => undefined;
	const handlers: [MediaSessionAction, () => void][] = [
		['play', acts.play],
		['pause', acts.pause],
		['stop', acts.pause],
		['previoustrack', acts.previous],
		['nexttrack', acts.next]
	];
	const set = (action: MediaSessionAction, handler: (() => void) | null) => {
		try {
			session.setActionHandler(action, handler);
		} catch {
			// This browser does not know the action; the others still work.
		}
	};
	for (const [action, handler] of handlers) set(action, handler);
	return () => {
		for (const [action] of handlers) set(action, null);
		session.metadata = null;
	};
}

export function showNowPlaying(playing: boolean, now: NowPlaying): void {
	const session = navigator.mediaSession as MediaSession | undefined;
	if (!session) return;
	session.playbackState = playing ? 'playing' : 'paused';
	session.metadata = new MediaMetadata({
		...now,
		artwork: [
			{ src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
			{ src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' }
		]
	});
}
