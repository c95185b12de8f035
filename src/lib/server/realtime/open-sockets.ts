import type { Server } from 'socket.io';

/** How many sockets are open, by namespace; the root one, which nobody uses, left out. */
export function openSockets(io: Pick<Server, '_nsps'>): ReadonlyMap<string, number> {
	const open = [...io._nsps].map(([name, { sockets }]) => [name, sockets.size] as const);
	return new Map(open.filter(([name]) => name !== '/'));
}
