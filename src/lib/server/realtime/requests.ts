import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { refuse, type Result } from '#lib/domain/result.ts';
import type { Log } from '../log.ts';

/** A person presses buttons; a program that sends more than this is held back. */
const REQUESTS_PER_WINDOW = 40;
const WINDOW_MS = 5_000;

/** Packets that may wait for one socket; a page that reads so slowly is cut off and comes back by itself. */
export const MAX_WAITING_PACKETS = 200;

/**
 * Answers requests of one socket: input is checked, every request is acknowledged, nothing a client sends
 * raises an exception or ends the connection.
 */
export function answerRequests(socket: Socket, log: Log) {
	let windowEnds = 0;
	let inWindow = 0;

	const isTooMany = (): boolean => {
		const at = Date.now();
		if (at > windowEnds) {
			windowEnds = at + WINDOW_MS;
			inWindow = 0;
		}
		return ++inWindow > REQUESTS_PER_WINDOW;
	};

	return function answer<T>(
		name: string,
		schema: z.ZodType<T>,
		handle: (input: T) => Promise<Result<unknown>>
	): void {
		socket.on(name, (...args: unknown[]) => {
			const last = args.at(-1);
			const reply =
				typeof last === 'function' ? (last as (answer: Result<unknown>) => void) : () => undefined;
			const input = typeof args[0] === 'function' ? {} : (args[0] ?? {});
			if (isTooMany())
				return reply(refuse('rate_limited', 'Too many requests. Wait a few seconds.'));
			const parsed = schema.safeParse(input);
			if (!parsed.success)
				return reply(
					refuse(
						'invalid_input',
						parsed.error.issues
							.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`)
							.join('; ')
					)
				);
			handle(parsed.data).then(reply, (error: unknown) => {
				log.error({ err: error, request: name }, 'socket request failed');
				reply(refuse('internal_error', 'Something went wrong here. Try again.'));
			});
		});
	};
}

/** Ends a socket that does not read, so that its queue cannot grow. @returns whether it was ended */
export function cutIfStalled(socket: Socket, log: Log): boolean {
	const { writeBuffer } = socket.conn as unknown as { writeBuffer: unknown[] };
	if (writeBuffer.length <= MAX_WAITING_PACKETS) return false;
	log.warn({ socket: socket.id, waiting: writeBuffer.length }, 'socket reads too slowly; ended');
	socket.disconnect(true);
	return true;
}
