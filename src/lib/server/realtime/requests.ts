import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import type { Log } from '../log.ts';
import { dismiss } from './ending.ts';
import { cutIfStalled, MAX_WAITING_PACKETS, waitingPackets } from './outbox.ts';

export { cutIfStalled };

/** A person presses buttons; a program that sends more than this is held back, */
const REQUESTS_AT_ONCE = 40;
const REQUESTS_PER_SECOND = 8;
/** and one that goes on all the same is ended. */
const MAX_OVER_LIMIT = 400;
const MAX_UNDER_WAY = 16;

/** An answer, or a function that gives it at the very moment it is sent, for what changes meanwhile. */
export type Outcome = Result<unknown> | (() => Result<unknown>);

/**
 * Answers requests of one socket: input is checked, every request is acknowledged if the client wants to
 * hear it, and nothing a client sends raises an exception or ends the connection, short of a flood.
 */
export function answerRequests(socket: Socket, log: Log) {
	const known = new Set<string>();
	let tokens = REQUESTS_AT_ONCE;
	let refilledAt = performance.now();
	let overLimit = 0;
	let underWay = 0;

	function isTooMany(): boolean {
		const at = performance.now();
		const earned = ((at - refilledAt) / 1000) * REQUESTS_PER_SECOND;
		tokens = Math.min(REQUESTS_AT_ONCE, tokens + earned);
		refilledAt = at;
		if (tokens >= 1 && underWay < MAX_UNDER_WAY) {
			tokens -= 1;
			overLimit = 0;
			return false;
		}
		if (++overLimit > MAX_OVER_LIMIT) dismiss(socket, SOCKET_CODES.scope, 'rate_limited');
		return true;
	}

	/** Whether the request may be looked at at all; if not, `reply` was told or the socket is ending. */
	function admit(reply: (answer: Result<unknown>) => void): boolean {
		if (!isTooMany()) return !cutIfStalled(socket, log);
		// A flood must not fill the queue with its own refusals.
		if (waitingPackets(socket) < MAX_WAITING_PACKETS)
			reply(refuse('rate_limited', 'Too many requests. Wait a few seconds.'));
		return false;
	}

	socket.onAny((name: unknown, ...args: unknown[]) => {
		if (typeof name === 'string' && known.has(name)) return;
		const reply = replyOf(args);
		if (admit(reply)) reply(refuse('invalid_input', 'There is no such request.'));
	});

	return function answer<T>(
		name: string,
		schema: z.ZodType<T>,
		handle: (input: T) => Promise<Outcome>
	): void {
		known.add(name);
		socket.on(name, (...args: unknown[]) => {
			const reply = replyOf(args);
			if (!admit(reply)) return;
			const parsed = schema.safeParse(typeof args[0] === 'function' ? {} : (args[0] ?? {}));
			if (!parsed.success) {
				const faults = parsed.error.issues.map(
					({ path, message }) => `${path.join('.') || 'input'}: ${message}`
				);
				reply(refuse('invalid_input', faults.join('; ')));
				return;
			}
			underWay++;
			handle(parsed.data)
				.then((outcome) => reply(typeof outcome === 'function' ? outcome() : outcome))
				.catch((error: unknown) => {
					log.error({ err: error, request: name }, 'socket request failed');
					reply(refuse('internal_error', 'Something went wrong here. Try again.'));
				})
				.finally(() => underWay--);
		});
	};
}

/** The acknowledgement comes last; a client that sent none hears nothing. */
function replyOf(args: readonly unknown[]): (answer: Result<unknown>) => void {
	const last = args.at(-1);
	return typeof last === 'function' ? (last as (answer: unknown) => void) : () => undefined;
}
