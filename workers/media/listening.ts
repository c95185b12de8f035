import type { AddressInfo, Server } from 'node:net';
import type { Logger } from 'pino';

/**
 * Puts a server on an address; later faults of its go to the log as `what`.
 *
 * @returns the port, which the system chose when 0 was asked for
 * @throws what the system says when the address cannot be had
 */
export async function listening(
	server: Server,
	{ host, port, log, what }: { host: string; port: number; log: Logger; what: string }
): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			server.on('error', (error) => log.error({ err: error }, what));
			resolve();
		});
	});
	return (server.address() as AddressInfo).port;
}
