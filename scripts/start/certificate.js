import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';

const DAY_MS = 24 * 3600 * 1000;
/** Browsers refuse server certificates that are valid for longer than about 13 months. */
const SERVER_DAYS = 390;
const AUTHORITY_DAYS = 3650;
const RENEW_BEFORE_DAYS = 30;

/**
 * A certificate for these addresses, from a small authority of this data folder's own. The authority stays,
 * so that a phone which trusts it once trusts every later certificate too; the certificate is made anew when
 * the addresses changed or its time runs out.
 *
 * @param {string} folder
 * @param {readonly string[]} addresses
 * @param {Date} now
 * @returns {Promise<{ cert: string, key: string, authority: string }>} files, PEM
 */
export async function localCertificate(folder, addresses, now = new Date()) {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	/** @param {string} name */
	const file = (name) => path.join(folder, name);
	const authority = { cert: file('authority.crt'), key: file('authority.key') };
	const server = { cert: file('server.crt'), key: file('server.key') };

	if (!existsSync(authority.cert) || !existsSync(authority.key)) {
		const made = await generate([{ name: 'commonName', value: `VoxBento on ${hostname()}` }], {
			keyType: 'ec',
			algorithm: 'sha256',
			notBeforeDate: new Date(now.getTime() - DAY_MS),
			notAfterDate: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
			extensions: [
				{ name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
				{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }
			]
		});
		write(authority, made.cert, made.private);
	}
	const names = ['localhost', hostname(), `${hostname().split('.')[0]}.local`];
	const wanted = ['127.0.0.1', ...addresses];
	if (!serves(server, authority.cert, wanted, now)) {
		const made = await generate([{ name: 'commonName', value: 'VoxBento' }], {
			keyType: 'ec',
			algorithm: 'sha256',
			notBeforeDate: new Date(now.getTime() - DAY_MS),
			notAfterDate: new Date(now.getTime() + SERVER_DAYS * DAY_MS),
			ca: { cert: readFileSync(authority.cert, 'utf8'), key: readFileSync(authority.key, 'utf8') },
			extensions: [
				{ name: 'basicConstraints', cA: false, critical: true },
				{ name: 'keyUsage', digitalSignature: true, critical: true },
				{ name: 'extKeyUsage', serverAuth: true },
				{
					name: 'subjectAltName',
					altNames: [
						...[...new Set(names)].map((value) => ({ type: /** @type {const} */ (2), value })),
						...wanted.map((ip) => ({ type: /** @type {const} */ (7), ip }))
					]
				}
			]
		});
		write(server, made.cert, made.private);
	}
	return { ...server, authority: authority.cert };
}

/**
 * @param {{ cert: string, key: string }} files
 * @param {string} cert
 * @param {string} key
 */
function write(files, cert, key) {
	// The key first: a certificate without its key would be taken for a whole pair.
	writeFileSync(files.key, key, { mode: 0o600 });
	writeFileSync(files.cert, cert, { mode: 0o644 });
}

/**
 * Whether the stored certificate is still good: of this authority, for all the addresses, for a while to come.
 *
 * @param {{ cert: string, key: string }} files
 * @param {string} authority
 * @param {readonly string[]} addresses
 * @param {Date} now
 */
function serves(files, authority, addresses, now) {
	try {
		const found = new X509Certificate(readFileSync(files.cert));
		readFileSync(files.key);
		const until = Date.parse(found.validTo) - RENEW_BEFORE_DAYS * DAY_MS;
		return (
			found.checkIssued(new X509Certificate(readFileSync(authority))) &&
			until > now.getTime() &&
			addresses.every((address) => found.checkIP(address) !== undefined)
		);
	} catch {
		return false;
	}
}
