import { describe, it } from 'vitest';
import { mediaServerContract } from './contract.ts';
import { startMediaMtx } from './start-mediamtx.ts';

const binary = process.env['MEDIAMTX_BIN'];

if (binary !== undefined && binary !== '') {
	mediaServerContract(`MediaMTX (${binary})`, (options) => startMediaMtx(binary, options));
} else {
	const reason =
		'not run: MediaMTX, set MEDIAMTX_BIN to its binary or MEDIAMTX_URL to its control API';
	console.info(reason);
	describe.skip(reason, () => it('is the same contract', () => undefined));
}
