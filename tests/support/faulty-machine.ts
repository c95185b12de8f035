import type { Page } from '@playwright/test';

/**
 * Faults of a person's machine, injected where the browser's own interfaces begin: the page gets its microphone,
 * battery and visibility from here and cannot tell the difference.
 */
export type FaultyMachine = {
	/** Factor on the microphone: 0 is a headset switched off, 20 a gain turned up too far. */
	microphoneGain(gain: number): Promise<void>;
	/** The headset is pulled out: the track ends by itself. */
	unplug(): Promise<void>;
	/** A phone call takes the microphone, or gives it back. */
	call(isThere: boolean): Promise<void>;
	/** 0 … 1, not charging. */
	battery(level: number): Promise<void>;
	/** Another tab or program stands in front. */
	hide(isHidden: boolean): Promise<void>;
};

/** To be called before the page is opened. */
export async function giveFaultyMachine(page: Page): Promise<FaultyMachine> {
	await page.addInitScript(install);
	const act = (name: string, value: number | boolean = 0) =>
		page.evaluate(([what, how]) => window.__machine?.(what, how), [name, value] as const);
	return {
		microphoneGain: (gain) => act('gain', gain),
		unplug: () => act('unplug'),
		call: (isThere) => act('call', isThere),
		battery: (level) => act('battery', level),
		hide: (isHidden) => act('hide', isHidden)
	};
}

declare global {
	interface Window {
		__machine?: (what: string, how: number | boolean) => void;
	}
}

function install(): void {
	const tracks = new Set<MediaStreamTrack>();
	const gains = new Set<GainNode>();
	const battery = Object.assign(new EventTarget(), { level: 1, charging: false });
	let hidden = false;

	Object.defineProperty(navigator, 'getBattery', { value: () => Promise.resolve(battery) });
	Object.defineProperty(document, 'visibilityState', {
		get: () => (hidden ? 'hidden' : 'visible')
	});
	const devices = navigator.mediaDevices as MediaDevices | undefined;
	if (devices) {
		const open = devices.getUserMedia.bind(devices);
		devices.getUserMedia = async (constraints) => {
			const real = await open(constraints);
			const context = new AudioContext();
			const gain = new GainNode(context);
			const out = context.createMediaStreamDestination();
			context.createMediaStreamSource(real).connect(gain).connect(out);
			gains.add(gain);
			const [track] = out.stream.getAudioTracks();
			const [device] = real.getAudioTracks();
			if (!track || !device) return real;
			// What a device's track tells about itself.
			track.getSettings = () => device.getSettings();
			Object.defineProperty(track, 'label', { value: device.label });
			tracks.add(track);
			return out.stream;
		};
	}
	window.__machine = (what, how) => {
		const say = (name: string) => {
			for (const track of tracks) track.dispatchEvent(new Event(name));
		};
		switch (what) {
			case 'gain':
				for (const gain of gains) gain.gain.value = Number(how);
				break;
			case 'unplug':
				say('ended');
				break;
			case 'call':
				say(how === true ? 'mute' : 'unmute');
				break;
			case 'battery':
				battery.level = Number(how);
				battery.dispatchEvent(new Event('levelchange'));
				break;
			case 'hide':
				hidden = how === true;
				document.dispatchEvent(new Event('visibilitychange'));
		}
	};
}
