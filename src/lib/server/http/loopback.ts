/** Whether an address is this machine's own; IPv4 inside IPv6 counts as the IPv4 it carries. */
export function isLoopback(address: string): boolean {
	const plain = address.replace(/^::ffff:/i, '');
	return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain);
}
