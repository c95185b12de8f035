import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localCertificate } from './certificate.js';

let folder: string;
const now = new Date('2026-11-24T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 24 * 3600 * 1000);
const read = (file: string) => new X509Certificate(readFileSync(file));
const makeAt = (addresses: string[], when = now) => localCertificate(folder, addresses, when);

beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'certificate-'))));
afterAll(() => rmSync(folder, { recursive: true }));

test('is for every address, for a server, of an authority of its own', async () => {
	const files = await makeAt(['192.168.1.5', '10.0.0.7']);
	const certificate = read(files.cert);
	const authority = read(files.authority);
	expect(certificate.checkIP('192.168.1.5')).toBe('192.168.1.5');
	expect(certificate.checkIP('10.0.0.7')).toBe('10.0.0.7');
	expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
	expect(certificate.checkHost('localhost')).toBe('localhost');
	expect(certificate.ca).toBe(false);
	expect(authority.ca).toBe(true);
	expect(certificate.verify(authority.publicKey)).toBe(true);
	expect(Date.parse(certificate.validTo) - now.getTime()).toBeLessThan(398 * 24 * 3600 * 1000);
	expect(statSync(files.key).mode & 0o777).toBe(0o600);
});

test('stays while it will do, and is made anew by the same authority when it will not', async () => {
	const first = read((await makeAt(['192.168.1.5'])).cert).serialNumber;
	expect(read((await makeAt(['192.168.1.5'], inDays(300))).cert).serialNumber).toBe(first);
	const moved = await makeAt(['192.168.7.7']);
	const second = read(moved.cert);
	expect(second.checkIP('192.168.7.7')).toBe('192.168.7.7');
	const late = await makeAt(['192.168.7.7'], inDays(370));
	expect(read(late.cert).serialNumber).not.toBe(second.serialNumber);
	expect(read(late.cert).verify(read(moved.authority).publicKey)).toBe(true);
});
