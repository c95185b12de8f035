import { expect, test } from 'vitest';
import { lanAddresses } from './lan-addresses.js';

test('the likeliest address of the network comes first', () => {
	const info = (address: string, internal = false) => ({
		...{ address, internal, family: 'IPv4' as const, netmask: '', mac: '', cidr: null }
	});
	expect(
		lanAddresses({
			lo: [info('127.0.0.1', true)],
			docker0: [info('172.17.0.1')],
			wwan0: [info('100.64.1.2')],
			eth1: [info('10.0.0.7'), info('169.254.3.3')],
			wlan0: [info('192.168.1.5')]
		})
	).toEqual(['192.168.1.5', '10.0.0.7', '100.64.1.2', '172.17.0.1']);
});
