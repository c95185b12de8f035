// `npm run keys:rotate [-- --revoke]`: a new key pair for the media server's tokens, and providers' keys sealed
// anew with the first key of API_KEY_ENCRYPTION_KEY.
import { command, Fault } from './fault.js';
import { ROOT } from './setup.js';
import { environment } from './start/environment.js';
import { askPortal, localPortal } from './start/local-endpoint.js';
import { requireNodeVersion } from './steps/node-version.js';

const USAGE = `Usage: npm run keys:rotate               tokens given out so far stay valid
       npm run keys:rotate -- --revoke   they become void: for a key that was stolen`;

requireNodeVersion();
await command(async () => {
	const [option, ...others] = process.argv.slice(2);
	if (others.length > 0 || (option !== undefined && option !== '--revoke')) throw new Fault(USAGE);
	const portal = localPortal(environment(ROOT), ROOT);
	/** @typedef {{ resealed: number, unreadable: number }} Resealed */
	/** @type {{ kid: string, providerKeys: Resealed, secondFactors: Resealed }} */
	const { kid, providerKeys, secondFactors } = await askPortal(portal, 'keys-rotate', {
		revokeOld: option === '--revoke'
	});
	console.log(`New tokens are signed with key ${kid}.`);
	console.log(`${providerKeys.resealed} provider key(s) encrypted anew with the first key.`);
	console.log(`${secondFactors.resealed} second factor(s) encrypted anew with the first key.`);
	if (secondFactors.unreadable > 0)
		console.log(`${secondFactors.unreadable} second factor(s) could not be decrypted.`);
	if (providerKeys.unreadable > 0)
		console.log(
			`${providerKeys.unreadable} could not be decrypted: put the key that encrypted them back into ` +
				'API_KEY_ENCRYPTION_KEY, or set them again on the page Providers of their event.'
		);
});
