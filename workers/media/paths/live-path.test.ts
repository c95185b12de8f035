import { describe, expect, test } from 'vitest';
import { parseRtp, type RtpPacket } from '../rtp/packet.ts';
import { FRAME_SAMPLES, opusDurationSamples, SEAM_FRAME, SILENT_FRAME } from '../rtp/opus.ts';
import {
	LivePath,
	PUBLISHER_STALLED_MS,
	type EndReason,
	type PathPublisher,
	type PathReader
} from './live-path.ts';
import { DEFAULT_PATH_CONFIG, type PathConfig } from './path-config.ts';

const ALWAYS: PathConfig = {
	...DEFAULT_PATH_CONFIG,
	alwaysAvailable: true,
	alwaysAvailableTracks: [{ codec: 'Opus' }]
};

/** Paths that want their silence paced now; the tests beat the time. */
const paced = new Set<LivePath>();

function newPath(config: PathConfig = ALWAYS): LivePath {
	paced.clear();
	return new LivePath('a', config, paced);
}

function beat(nowMs: number): void {
	for (const path of paced) path.tick(nowMs);
}

/** A publisher whose frames carry its letter; each is 20 ms of CELT. */
function publisher(path: LivePath, letter: string, ssrc: number) {
	const ended: EndReason[] = [];
	const self: PathPublisher = {
		id: letter,
		type: 'webRTCSession',
		end: (reason) => {
			ended.push(reason);
			path.publisherGone(self);
		}
	};
	const packet = (n: number, source = ssrc): RtpPacket => ({
		payloadType: 111,
		marker: false,
		sequence: (n + ssrc) & 0xffff,
		timestamp: (n * FRAME_SAMPLES + ssrc) >>> 0,
		ssrc: source,
		payload: Buffer.from([0xf8, letter.charCodeAt(0)]),
		level: 30
	});
	return {
		self,
		ended,
		packet,
		say: (n: number, ms: number) => path.incoming(self, packet(n), ms)
	};
}

/** A reader that writes down what it hears: a letter for each frame, a dot for silence, a bar for a seam. */
function reader(path: LivePath) {
	const packets: RtpPacket[] = [];
	const ended: EndReason[] = [];
	const self: PathReader = {
		id: 'reader',
		type: 'webRTCSession',
		present: true,
		deliver: (packet) => {
			const read = parseRtp(Buffer.from(packet), null);
			if (read) packets.push(read);
		},
		end: (reason) => {
			ended.push(reason);
			path.removeReader(self);
		}
	};
	path.addReader(self);
	path.listen(self, 0);
	return {
		self,
		packets,
		ended,
		heard: () =>
			packets
				.map(({ payload }) =>
					payload.equals(SILENT_FRAME)
						? '.'
						: payload.equals(SEAM_FRAME)
							? '|'
							: payload.toString('latin1', 1)
				)
				.join('')
	};
}

function isUnbroken(packets: readonly RtpPacket[]): boolean {
	return packets.every((packet, index) => {
		const before = packets[index - 1];
		return (
			before === undefined ||
			(packet.sequence === ((before.sequence + 1) & 0xffff) &&
				packet.timestamp === (before.timestamp + opusDurationSamples(before.payload)) >>> 0)
		);
	});
}

describe('a channel', () => {
	test('is silent, speaks, changes voices and is silent again on one unbroken line', () => {
		const path = newPath();
		const ear = reader(path);
		const [a, b] = [publisher(path, 'A', 1), publisher(path, 'B', 60_000)];
		beat(0);
		beat(20);
		a.say(0, 35);
		a.say(1, 55);
		b.say(0, 60);
		b.say(1, 80);
		path.publisherGone(b.self);
		beat(100);
		expect(ear.heard()).toBe('..AA|BB.');
		expect(isUnbroken(ear.packets)).toBe(true);
	});

	test('ends the voice that was replaced, and hears nothing more of it', () => {
		const path = newPath();
		const ear = reader(path);
		const [a, b] = [publisher(path, 'A', 1), publisher(path, 'B', 2)];
		a.say(0, 0);
		b.say(0, 20);
		expect(a.ended).toEqual(['replaced']);
		expect(path.publisher?.id).toBe('B');
		expect(ear.heard()).toBe('A|B');
	});

	test('keeps its voice where the newcomer may not take over', () => {
		const path = newPath({ ...ALWAYS, overridePublisher: false });
		const [a, b] = [publisher(path, 'A', 1), publisher(path, 'B', 2)];
		a.say(0, 0);
		b.say(0, 20);
		expect(b.ended).toEqual(['already_publishing']);
		expect(path.publisher?.id).toBe('A');
	});

	test('is not taken by what is no sound', () => {
		const path = newPath();
		const [a, b] = [publisher(path, 'A', 1), publisher(path, 'B', 2)];
		a.say(0, 0);
		path.incoming(b.self, { ...b.packet(0), payload: Buffer.alloc(0) }, 20);
		path.incoming(b.self, { ...b.packet(1), payload: Buffer.from([0xfb]) }, 40);
		expect(a.ended).toEqual([]);
		expect(path.publisher?.id).toBe('A');
	});

	test('notices a voice that stalls, and takes it back when it returns', () => {
		const path = newPath();
		const ear = reader(path);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		path.watch(PUBLISHER_STALLED_MS);
		expect(path.publisher?.id).toBe('A');
		path.watch(PUBLISHER_STALLED_MS + 20);
		beat(PUBLISHER_STALLED_MS + 20);
		expect(path.publisher).toBeNull();
		a.say(110, 2200);
		expect(path.publisher?.id).toBe('A');
		expect(a.ended).toEqual([]);
		expect(ear.heard()).toBe('A.A');
	});

	test('ends a stalled voice when another takes its place', () => {
		const path = newPath();
		const [a, b] = [publisher(path, 'A', 1), publisher(path, 'B', 2)];
		a.say(0, 0);
		path.watch(PUBLISHER_STALLED_MS + 20);
		beat(PUBLISHER_STALLED_MS + 20);
		b.say(0, 2100);
		expect(a.ended).toEqual(['replaced']);
	});

	test('sends nothing while a voice merely hesitates', () => {
		const path = newPath();
		const ear = reader(path);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		for (let ms = 20; ms < 500; ms += 20) {
			path.watch(ms);
			beat(ms);
		}
		a.say(25, 500);
		expect(ear.heard()).toBe('AA');
		expect(ear.packets[1]?.sequence).toBe(((ear.packets[0]?.sequence ?? 0) + 25) & 0xffff);
	});

	test('follows a voice to a new source only when the old one has fallen silent', () => {
		const path = newPath();
		const ear = reader(path);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		path.incoming(a.self, a.packet(0, 99), 10);
		expect(ear.heard()).toBe('A');
		path.incoming(a.self, a.packet(1, 99), 100);
		path.incoming(a.self, a.packet(2, 99), 120);
		expect(ear.heard()).toBe('A|AA');
		expect(isUnbroken(ear.packets)).toBe(true);
	});

	test('gives a newcomer among the listeners the frame of this moment at once', () => {
		const path = newPath();
		reader(path);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		const late = reader(path);
		expect(late.heard()).toBe('A');
	});

	test('leaves out what is no Opus, and counts it', () => {
		const path = newPath();
		const ear = reader(path);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		path.incoming(a.self, { ...a.packet(1), payload: Buffer.from([0xfb]) }, 20);
		path.incoming(a.self, { ...a.packet(2), payload: Buffer.alloc(0) }, 40);
		a.say(3, 60);
		expect(ear.heard()).toBe('AA');
		expect(path.inboundFramesInError).toBe(1);
	});

	test('that is not always available lives and dies with its publisher', () => {
		const path = newPath(DEFAULT_PATH_CONFIG);
		expect(path.available).toBe(false);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		expect(path.available).toBe(true);
		const ear = reader(path);
		path.publisherGone(a.self);
		expect(ear.ended).toEqual(['not_available']);
		expect(path.readers).toEqual([]);
	});

	test('counts only the readers that are there', () => {
		const path = newPath({ ...ALWAYS, maxReaders: 1 });
		const ear = reader(path);
		expect(path.readers).toHaveLength(1);
		expect(path.full).toBe(true);
		path.addReader({ ...ear.self, id: 'gone', present: false });
		expect(path.readers).toHaveLength(1);
	});

	test('ends everybody when it is deleted', () => {
		const path = newPath();
		const ear = reader(path);
		const a = publisher(path, 'A', 1);
		a.say(0, 0);
		path.delete();
		expect([ear.ended, a.ended]).toEqual([['path_deleted'], ['path_deleted']]);
		const late = publisher(path, 'B', 2);
		late.say(0, 20);
		expect(late.ended).toEqual(['path_deleted']);
		expect(path.publisher).toBeNull();
	});
});
