import { describe, it } from 'vitest';
import { startMediaMtx } from '../media-server/start-mediamtx.ts';
import { mediaAdapterContract } from './contract.ts';

const binary = process.env['MEDIAMTX_BIN'];

if (binary !== undefined && binary !== '') {
	mediaAdapterContract(`MediaMTX (${binary})`, (options) => startMediaMtx(binary, options));
} else {
	const reason = 'not run: the adapter on MediaMTX, set MEDIAMTX_BIN to its binary';
	console.info(reason);
	describe.skip(reason, () => it('is the same contract', () => undefined));
}
