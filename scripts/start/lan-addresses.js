import { networkInterfaces } from 'node:os';

/** Interfaces of containers and virtual machines: a phone does not reach them. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|tailscale|utun|lo)/;

/**
 * IPv4 addresses at which the local network may reach this machine, the likeliest first.
 *
 * @param {NodeJS.Dict<import('node:os').NetworkInterfaceInfo[]>} [interfaces]
 * @returns {string[]}
 */
export function lanAddresses(interfaces = networkInterfaces()) {
	const found = Object.entries(interfaces).flatMap(([name, infos]) =>
		(infos ?? [])
			.filter(
				(info) => info.family === 'IPv4' && !info.internal && !info.address.startsWith('169.254.')
			)
			.map((info) => ({ address: info.address, rank: rank(name, info.address) }))
	);
	return found.toSorted((a, b) => a.rank - b.rank).map(({ address }) => address);
}

/** @param {string} name @param {string} address */
function rank(name, address) {
	if (VIRTUAL.test(name)) return 3;
	if (address.startsWith('192.168.')) return 0;
	return address.startsWith('10.') || /^172\.(1[6-9]|2\d|3[01])\./.test(address) ? 1 : 2;
}
