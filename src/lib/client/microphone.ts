import { ok, refuse, type Result } from '#lib/domain/result.ts';

/** Why there is no sound source; every code has its sentence on the page. */
export type CaptureFailure =
	| 'insecure-origin' // browsers give sound sources to https:// and localhost only
	| 'unsupported' // a secure origin, but this browser has no such capture (tab sound on phones)
	| 'denied' // the person, the browser or the operating system said no
	| 'no-device'
	| 'busy' // another program holds the device
	| 'no-tab-sound' // a tab or screen was shared without its sound
	| 'failed';

export type CaptureChoices = {
	/** Device id, or null for the browser's default. */
	readonly deviceId: string | null;
	/** All three spoil a headset's or a mixer's sound, so they are off unless chosen. */
	readonly echoCancellation: boolean;
	readonly noiseSuppression: boolean;
	readonly autoGainControl: boolean;
	readonly channels: 1 | 2;
};

export const HEADSET: CaptureChoices = {
	deviceId: null,
	echoCancellation: false,
	noiseSuppression: false,
	autoGainControl: false,
	channels: 1
};

export type InputDevice = {
	readonly id: string;
	readonly label: string;
	readonly virtual: boolean;
};

/** An open sound source. It is not heard by anybody until a track of it is published. */
export type Capture = {
	readonly stream: MediaStream;
	readonly track: MediaStreamTrack;
	/** Device that really opened; may differ from the one asked for when that is gone. */
	readonly deviceId: string | null;
	readonly label: string;
	/** The device went away, or the person ended the sharing. Not called after `close`. */
	onEnded(listener: () => void): void;
	/** Something else took the device for a while (a phone call), or gave it back. */
	onInterrupted(listener: (interrupted: boolean) => void): void;
	close(): void;
};

const SAMPLE_RATE_HZ = 48_000;

/**
 * Opens a microphone or line-in. Asks the person for permission when the browser has to.
 * A chosen device that is not there any more is replaced by the default one; see `Capture.deviceId`.
 */
export async function openMicrophone(
	choices: CaptureChoices
): Promise<Result<Capture, CaptureFailure>> {
	const devices = mediaDevices();
	if (!devices.ok) return devices;
	const { deviceId, channels, echoCancellation, noiseSuppression, autoGainControl } = choices;
	const audio: MediaTrackConstraints = {
		echoCancellation,
		noiseSuppression,
		autoGainControl,
		channelCount: { ideal: channels },
		sampleRate: { ideal: SAMPLE_RATE_HZ },
		...(deviceId === null ? {} : { deviceId: { exact: deviceId } })
	};
	try {
		return captured(await devices.value.getUserMedia({ audio, video: false }));
	} catch (error) {
		if (deviceId !== null && isNamed(error, 'OverconstrainedError'))
			return openMicrophone({ ...choices, deviceId: null });
		return refused(error);
	}
}

/** Opens the sound of a browser tab (or of the whole computer, where the system has that). */
export async function openTabSound(): Promise<Result<Capture, CaptureFailure>> {
	const devices = mediaDevices();
	if (!devices.ok) return devices;
	if (!('getDisplayMedia' in devices.value))
		return refuse('unsupported', 'This browser cannot capture the sound of a tab.');
	try {
		// Chromium shares sound only together with a picture; the picture is dropped at once.
		const stream = await devices.value.getDisplayMedia({
			video: true,
			audio: {
				echoCancellation: false,
				noiseSuppression: false,
				autoGainControl: false,
				channelCount: { ideal: 2 }
			},
			...{ systemAudio: 'include', surfaceSwitching: 'include', preferCurrentTab: false }
		});
		if (stream.getAudioTracks().length === 0) {
			for (const track of stream.getTracks()) track.stop();
			return refuse('no-tab-sound', 'The tab was shared without its sound.');
		}
		return captured(stream);
	} catch (error) {
		return refused(error);
	}
}

/** Inputs of this machine. Labels are empty until a microphone was allowed once. */
export async function listInputs(): Promise<InputDevice[]> {
	const devices = mediaDevices();
	if (!devices.ok) return [];
	const all = await devices.value.enumerateDevices();
	return all
		.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '')
		.map(({ deviceId, label }) => ({ id: deviceId, label, virtual: isVirtual(label) }));
}

/** Calls back when a device is plugged in or pulled out; returns the way to stop that. */
export function watchInputs(listener: () => void): () => void {
	const devices = mediaDevices();
	if (!devices.ok) return () => undefined;
	const target = devices.value;
	target.addEventListener('devicechange', listener);
	return () => target.removeEventListener('devicechange', listener);
}

/** Loopback drivers of meeting and studio software: an interpreter who picks one sends silence or an echo. */
export function isVirtual(label: string): boolean {
	return /\b(virtual|blackhole|loopback|soundflower|vb-audio|voicemeeter|cable (in|out)put|stereo mix|zoom|teams|webex|obs|ndi|krisp|monitor of)\b/i.test(
		label
	);
}

function mediaDevices(): Result<MediaDevices, 'insecure-origin' | 'unsupported'> {
	if (!isSecureContext) return refuse('insecure-origin', 'Not a secure origin.');
	// Declared as always there, but some embedded browsers have none.
	const devices = navigator.mediaDevices as MediaDevices | undefined;
	return devices ? ok(devices) : refuse('unsupported', 'This browser has no media devices.');
}

function captured(stream: MediaStream): Result<Capture, 'failed'> {
	const [track] = stream.getAudioTracks();
	if (!track) return refuse('failed', 'The source has no sound.');
	for (const picture of stream.getVideoTracks()) {
		// Stopping the picture would end the sharing in Chromium; switched off it costs next to nothing.
		picture.enabled = false;
	}
	let closed = false;
	return ok({
		stream,
		track,
		deviceId: track.getSettings().deviceId ?? null,
		label: track.label,
		onEnded(listener) {
			track.addEventListener('ended', () => {
				if (!closed) listener();
			});
		},
		onInterrupted(listener) {
			track.addEventListener('mute', () => listener(true));
			track.addEventListener('unmute', () => listener(false));
		},
		close() {
			closed = true;
			for (const one of stream.getTracks()) one.stop();
		}
	});
}

function refused(error: unknown): Result<never, CaptureFailure> {
	const message = error instanceof Error ? error.message : String(error);
	if (isNamed(error, 'NotAllowedError') || isNamed(error, 'SecurityError'))
		return refuse('denied', message);
	if (isNamed(error, 'NotFoundError') || isNamed(error, 'OverconstrainedError'))
		return refuse('no-device', message);
	if (isNamed(error, 'NotReadableError') || isNamed(error, 'AbortError'))
		return refuse('busy', message);
	return refuse('failed', message);
}

function isNamed(error: unknown, name: string): boolean {
	// OverconstrainedError is no Error in some browsers, but all of them have a name.
	return typeof error === 'object' && error !== null && 'name' in error && error.name === name;
}
