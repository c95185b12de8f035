import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import { createAttemptStore } from './attempt-store.ts';
import {
	ADDRESS_LIMIT,
	createAttempts,
	INVITE_LIMIT,
	PASSWORD_LIMIT,
	SECOND_FACTOR_LIMIT,
	type Attempts
} from './attempts.ts';
import { createJoinAttempts, type JoinAttempts } from './join-attempts.ts';

/** Limits on wrong guesses, per kind of secret. */
export type Guessing = {
	readonly joinCode: JoinAttempts;
	readonly password: Attempts;
	readonly invite: Attempts;
	readonly address: Attempts;
	readonly secondFactor: Attempts;
	start(): void;
	stop(): Promise<void>;
};

export function createGuessing(db: Db, secret: string, log: Log): Guessing {
	const store = createAttemptStore(db, log);
	return {
		joinCode: createJoinAttempts(store, secret),
		password: createAttempts(store, 'password', PASSWORD_LIMIT),
		invite: createAttempts(store, 'invite', INVITE_LIMIT),
		address: createAttempts(store, 'address', ADDRESS_LIMIT),
		secondFactor: createAttempts(store, 'second-factor', SECOND_FACTOR_LIMIT),
		start: () => store.start(),
		stop: () => store.stop()
	};
}
