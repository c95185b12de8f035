import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

/** Bytes that are there, of all. */
export type Progress = (doneBytes: number, totalBytes: number) => void;

const STALL_MS = 30_000;

/**
 * Downloads a file, going on where an earlier try broke off (RFC 9110, section 14), and checks it.
 *
 * @throws when the server does not give it, or gives something with another checksum
 */
export async function download(
	url: string,
	file: string,
	{ sizeBytes, sha256 }: { sizeBytes: number; sha256: string },
	progress: Progress
): Promise<void> {
	let have = await sizeOf(file);
	if (have > sizeBytes) {
		await rm(file);
		have = 0;
	}
	if (have < sizeBytes) {
		const stalled = new AbortController();
		let watchdog = setTimeout(() => stalled.abort(), STALL_MS);
		try {
			const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
			const response = await fetch(url, { headers, signal: stalled.signal });
			if (!response.ok || response.body === null)
				throw new Error(`${new URL(url).host} answers ${response.status}`);
			// A server that does not know ranges begins anew.
			const resumed = response.status === 206;
			let done = resumed ? have : 0;
			const body = Readable.fromWeb(response.body as NodeReadableStream);
			body.on('data', (chunk: Buffer) => {
				clearTimeout(watchdog);
				watchdog = setTimeout(() => stalled.abort(), STALL_MS);
				done += chunk.length;
				progress(done, sizeBytes);
			});
			await pipeline(body, createWriteStream(file, { flags: resumed ? 'a' : 'w' }));
		} finally {
			clearTimeout(watchdog);
		}
	}
	await mustHaveSum(file, sha256);
}

/** @throws when the file's SHA-256 is another one; the file is gone then, so that the next try begins anew */
export async function mustHaveSum(file: string, sha256: string): Promise<void> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	const found = hash.digest('hex');
	if (found === sha256) return;
	await rm(file);
	throw new Error(`SHA-256 is ${found.slice(0, 12)}…, expected ${sha256.slice(0, 12)}…`);
}

async function sizeOf(file: string): Promise<number> {
	try {
		return (await stat(file)).size;
	} catch {
		return 0;
	}
}
