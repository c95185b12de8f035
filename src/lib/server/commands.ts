import { z } from 'zod';
import { refuse, ok, type Result } from '#lib/domain/result.ts';
import type { App } from './app.ts';
import { migrationStatus } from './db/database.ts';

/**
 * The verbs people type on the machine itself (`npm run …`), carried out inside the running portal.
 * Every command takes and answers plain JSON.
 */
type Command = {
	readonly input: z.ZodType;
	run(app: App, input: unknown): Promise<Result<unknown>>;
};

function command<T>(
	input: z.ZodType<T>,
	run: (app: App, input: T) => Promise<Result<unknown>>
): Command {
	return { input, run: (app, value) => run(app, input.parse(value)) };
}

const COMMANDS: Record<string, Command> = {
	'db-status': command(z.object({}), async ({ db }) => ok(await migrationStatus(db))),

	events: command(z.object({}), async ({ events }) =>
		ok(
			await Promise.all(
				(await events.all()).map(async ({ id, slug, name }) => ({
					slug,
					display_name: name,
					booths: (await events.booths(id)).map(({ booth, path }) => ({ id: booth.id, path }))
				}))
			)
		)
	)
};

/** Runs one command; refusal `command_unknown` or `invalid_input` says what is wrong with the call. */
export async function runCommand(app: App, name: string, input: unknown): Promise<Result<unknown>> {
	const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
	if (!found)
		return refuse(
			'command_unknown',
			`There is no command ${name}; there are: ${Object.keys(COMMANDS).join(', ')}.`
		);
	const parsed = found.input.safeParse(input);
	if (!parsed.success) return refuse('invalid_input', z.prettifyError(parsed.error));
	return found.run(app, parsed.data);
}
