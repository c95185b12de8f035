/** What around a page threatens a voice on air: an empty battery, headphones that were pulled out, another page in front. */
export class Surroundings {
	batteryLow = $state(false);
	/** Nobody sees this page: another tab or program is in front, or the screen is off. */
	hidden = $state(false);
	/** Called when the page goes out of sight, and when it comes back. */
	onHidden: (hidden: boolean) => void = () => undefined;
	/** Headphones or another loudspeaker went away: sound may come out of one that the microphone hears. */
	onOutputGone: () => void = () => undefined;
	#stops: (() => void)[] = [];

	start(): void {
		this.stop();
		const { signal, abort } = disposable();
		const see = () => {
			const hidden = document.visibilityState === 'hidden';
			if (hidden === this.hidden) return;
			this.hidden = hidden;
			this.onHidden(hidden);
		};
		document.addEventListener('visibilitychange', see, { signal });
		see();
		void this.#watchBattery(signal);
		void this.#watchOutputs(signal);
		this.#stops = [abort];
	}

	stop(): void {
		for (const stop of this.#stops) stop();
		this.#stops = [];
	}

	async #watchBattery(signal: AbortSignal): Promise<void> {
		const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
		if (!getBattery) return; // Firefox and Safari tell nothing.
		const battery = await getBattery.call(navigator).catch(() => null);
		if (!battery || signal.aborted) return;
		const look = () => (this.batteryLow = isBatteryLow(battery));
		battery.addEventListener('levelchange', look, { signal });
		battery.addEventListener('chargingchange', look, { signal });
		look();
	}

	async #watchOutputs(signal: AbortSignal): Promise<void> {
		const devices = navigator.mediaDevices as MediaDevices | undefined;
		if (!devices) return;
		const outputs = async () =>
			(await devices.enumerateDevices())
				.filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== 'default')
				.map(({ deviceId }) => deviceId);
		let before = await outputs();
		if (signal.aborted) return;
		const look = async () => {
			const now = await outputs();
			if (before.some((id) => !now.includes(id))) this.onOutputGone();
			before = now;
		};
		devices.addEventListener('devicechange', () => void look(), { signal });
	}
}

/** Below this a tablet may go dark within the next turn. */
export const BATTERY_LOW = 0.2;

export function isBatteryLow({ level, charging }: Pick<Battery, 'level' | 'charging'>): boolean {
	return !charging && level < BATTERY_LOW;
}

/** Battery Status API, which TypeScript's DOM library has dropped. */
type Battery = EventTarget & { readonly level: number; readonly charging: boolean };

function disposable(): { signal: AbortSignal; abort: () => void } {
	const controller = new AbortController();
	return { signal: controller.signal, abort: () => controller.abort() };
}
