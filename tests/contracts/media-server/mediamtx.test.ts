import { describe, it } from 'vitest';
import { mediaServerContract } from './contract.ts';
import { shippedConfiguration } from './shipped-configuration.ts';
import { startMediaMtx } from './start-mediamtx.ts';
import { takeOverMediaMtx } from './take-over-mediamtx.ts';

const binary = process.env['MEDIAMTX_BIN'] ?? '';
const url = process.env['MEDIAMTX_URL'] ?? '';

if (binary !== '') {
	mediaServerContract(
		`MediaMTX (${binary})`,
		() => startMediaMtx(binary),
		() => startMediaMtx(binary, { apiNeedsToken: true })
	);
	describe('the configuration we ship', () => shippedConfiguration(binary));
} else if (url !== '') {
	mediaServerContract(`MediaMTX at ${url}`, () => takeOverMediaMtx(url));
} else {
	const reason =
		'not run: a real MediaMTX (MEDIAMTX_BIN: its binary, MEDIAMTX_URL: its control API)';
	console.info(reason);
	describe.skip(reason, () => it('is the same contract', () => undefined));
}
