import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	chromium,
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Page
} from '@playwright/test';

/** A person with a device of their own: one browser process, because the fake microphone belongs to it. */
export type Person = {
	readonly browser: Browser;
	readonly context: BrowserContext;
	readonly page: Page;
	/** Console errors and warnings, page errors: a journey ends by asserting that there are none. */
	readonly complaints: string[];
	close(): Promise<void>;
};

export type Microphone =
	| {
			readonly toneHz: number;
			/** Amplitude over the 10 s of the recording, 0 … 1; else a well-set microphone's. */
			readonly amplitudeAt?: (seconds: number) => number;
	  }
	| { readonly wav: string }
	| 'none';

const DEBIAN_CHROMIUM = '/usr/bin/chromium';

/** Debian's Chromium where it is, else the browser that Playwright installed. */
export function chromiumPath(): string | undefined {
	return (
		process.env['CHROMIUM_PATH'] ?? (existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : undefined)
	);
}

export async function invitePerson(
	microphone: Microphone,
	options: BrowserContextOptions & { ignoreComplaints?: RegExp } = {}
): Promise<Person> {
	const { ignoreComplaints, ...contextOptions } = options;
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-person-'));
	const browser = await chromium.launch({
		...(chromiumPath() === undefined ? {} : { executablePath: chromiumPath() }),
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			// Several windows on one machine: none of them may be slowed down for being behind another.
			'--disable-renderer-backgrounding',
			'--disable-background-timer-throttling',
			'--disable-backgrounding-occluded-windows',
			'--autoplay-policy=no-user-gesture-required',
			'--use-fake-ui-for-media-stream',
			...(microphone === 'none'
				? []
				: [
						'--use-fake-device-for-media-stream',
						`--use-file-for-fake-audio-capture=${recording(microphone, folder)}`
					])
		]
	});
	const context = await browser.newContext(contextOptions);
	const page = await context.newPage();
	const complaints = watchForComplaints(page, ignoreComplaints);
	return {
		browser,
		context,
		page,
		complaints,
		async close() {
			await browser.close();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

/** Collects what the page says on its console; expected noise (a server that a test killed) is named. */
export function watchForComplaints(page: Page, ignore?: RegExp): string[] {
	const complaints: string[] = [];
	const complain = (text: string): void => {
		if (!ignore?.test(text)) complaints.push(text);
	};
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning')
			complain(`${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', (error) => complain(String(error.stack ?? error)));
	return complaints;
}

function recording(microphone: Exclude<Microphone, 'none'>, folder: string): string {
	if ('wav' in microphone) return microphone.wav;
	const file = join(folder, `${microphone.toneHz}.wav`);
	writeFileSync(file, toneWav(microphone.toneHz, microphone.amplitudeAt ?? (() => AMPLITUDE)));
	return file;
}

const WAV_RATE_HZ = 48_000;
const WAV_SECONDS = 10;
/** −12 dBFS, where a well-set microphone peaks. */
const AMPLITUDE = 0.25;

/** 10 s of a sine, mono, 16 bit; whole periods, so that it loops without a click. */
function toneWav(pitchHz: number, amplitudeAt: (seconds: number) => number): Buffer {
	const samples = new Int16Array(WAV_RATE_HZ * WAV_SECONDS);
	for (let n = 0; n < samples.length; n++)
		samples[n] = Math.round(
			amplitudeAt(n / WAV_RATE_HZ) * 32_767 * Math.sin((2 * Math.PI * pitchHz * n) / WAV_RATE_HZ)
		);
	const data = Buffer.from(samples.buffer);
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + data.length, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(WAV_RATE_HZ, 24);
	header.writeUInt32LE(WAV_RATE_HZ * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36);
	header.writeUInt32LE(data.length, 40);
	return Buffer.concat([header, data]);
}
