import type { Actor } from '#lib/domain/access/policy.ts';
import type { App as Portal } from '#lib/server/app.ts';

declare global {
	namespace App {
		interface Error {
			code?: string;
			message: string;
		}
		interface Locals {
			app: Portal;
			actor: Actor;
			/** Language of the user interface. */
			locale: string;
		}
	}
}

export {};
