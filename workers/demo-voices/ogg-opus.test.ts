import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { oggPackets, opusFramesOfOgg, opusPacketMs } from './ogg-opus.ts';

const SPEECH = new URL('./speech/', import.meta.url);
const speech = readdirSync(SPEECH).filter((name) => name.endsWith('.opus'));
const read = (name: string): Buffer => readFileSync(new URL(name, SPEECH));

describe('the bundled speech', () => {
	test('has a file per demo channel', () => {
		expect(speech.sort()).toEqual(['ar.opus', 'de.opus', 'en.opus', 'floor.opus', 'fr.opus']);
	});

	test.each(speech)('%s is 30 to 62 s of 20 ms frames, small enough to clone', (name) => {
		const file = read(name);
		const frames = opusFramesOfOgg(file);
		expect(new Set(frames.map(opusPacketMs))).toEqual(new Set([20]));
		expect(frames.length * 20).toBeGreaterThan(30_000);
		expect(frames.length * 20).toBeLessThan(62_000);
		expect(file.length).toBeLessThan(200 * 1024);
	});

	test('says something else on every channel, as the text beside it tells', () => {
		const texts = speech.map((name) => read(name.replace('.opus', '.txt')).toString());
		expect(new Set(texts).size).toBe(speech.length);
		expect(new Set(speech.map((name) => read(name).toString('latin1'))).size).toBe(speech.length);
	});
});

/** One page with the given lacing values and body (RFC 3533, section 6). */
function page(lacing: number[], body: Buffer): Buffer {
	const header = Buffer.alloc(27);
	header.write('OggS', 'latin1');
	header.writeUInt8(lacing.length, 26);
	return Buffer.concat([header, Buffer.from(lacing), body]);
}

describe('reading Ogg', () => {
	test('joins a packet that goes on over a page border', () => {
		const first = page([3, 255], Buffer.concat([Buffer.from('abc'), Buffer.alloc(255, 1)]));
		const second = page([2], Buffer.alloc(2, 2));
		const packets = oggPackets(Buffer.concat([first, second]));
		expect(packets.map((packet) => packet.length)).toEqual([3, 257]);
	});

	test('a packet of exactly 255 bytes ends with an empty segment', () => {
		expect(oggPackets(page([255, 0], Buffer.alloc(255))).map((packet) => packet.length)).toEqual([
			255
		]);
	});

	test('refuses what is not Ogg, is cut short, or is not Opus', () => {
		expect(() => oggPackets(Buffer.from('RIFF....WAVE'))).toThrow('no Ogg page at byte 0');
		expect(() => oggPackets(page([9], Buffer.alloc(4)))).toThrow('cut short');
		expect(() => opusFramesOfOgg(page([3], Buffer.from('abc')))).toThrow('not an Ogg Opus file');
	});
});

describe('duration of a packet', () => {
	test.each([
		['SILK 60 ms, one frame', [3 << 3], 60],
		['hybrid 20 ms, one frame', [13 << 3], 20],
		['CELT 2.5 ms, two frames', [(16 << 3) | 1], 5],
		['CELT 20 ms, three frames', [(31 << 3) | 3, 3], 60]
	])('%s', (_name, packet, ms) => {
		expect(opusPacketMs(Uint8Array.from(packet))).toBe(ms);
	});
});
