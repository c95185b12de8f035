import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { INCIDENTS } from '#lib/domain/doctor/finding.ts';
import { personId } from '#lib/domain/ids.ts';
import { mediaPath, parseMediaPath } from '#lib/domain/media-path.ts';
import { refuse, ok, type Result } from '#lib/domain/result.ts';
import type { App } from './app.ts';
import { migrationStatus } from './db/database.ts';
import { diagnose, examine, mend } from './doctor/doctor.ts';
import { seedDemoEvent } from './events/demo-event.ts';
import { MediaServerDown } from './media/media-server.ts';

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
	'seed-demo': command(z.object({}), async ({ db, secret, reconciler }) => {
		const demo = await seedDemoEvent(db, { secret, now: Date.now });
		// Its links are printed next: the channels must be there when somebody opens one.
		await reconciler.refresh();
		return ok(demo);
	}),

	/**
	 * A new key pair for the media tokens; `revokeOld` voids every token of the old one. Providers' keys are
	 * sealed anew with the first of the configured encryption keys.
	 */
	'keys-rotate': command(
		z.object({ revokeOld: z.boolean().default(false) }),
		async ({ accounts, signingKeys, providers }, { revokeOld }) => {
			try {
				const kid = await signingKeys.rotate({ revokeOld });
				return ok({
					...{ kid, providerKeys: await providers.reseal() },
					secondFactors: await accounts.secondFactor.reseal()
				});
			} catch (error) {
				if (!(error instanceof MediaServerDown)) throw error;
				return refuse(
					'media_server_down',
					'The media server does not answer, and would refuse the new key for up to an hour. Nothing was changed.'
				);
			}
		}
	),

	/** Writes the embedded database to a file of this machine; for Postgres `npm run backup` calls pg_dump. */
	backup: command(z.object({ file: z.string() }), async ({ archive }, { file }) => {
		if (archive === null)
			return refuse('not_embedded', 'This portal’s database is Postgres; back it up with pg_dump.');
		const bytes = await archive();
		await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
		return ok({ bytes: bytes.byteLength });
	}),

	/** One incident's diagnosis, or a look at everything; `fix` does what is safe and looks again. */
	doctor: command(
		z.object({
			incident: z.enum(INCIDENTS).nullable().default(null),
			event: z.string().nullable().default(null),
			room: z.string().nullable().default(null),
			lang: z.string().nullable().default(null),
			who: z.string().nullable().default(null),
			fix: z.boolean().default(false)
		}),
		async (app, { incident, event, room, lang, who, fix }) => {
			const channel =
				event === null || lang === null
					? null
					: await app.events.booth({ event, room, language: lang });
			if (channel !== null && !channel.ok) return channel;
			const look = () =>
				incident === null
					? examine(app)
					: diagnose(app, { incident, channel: channel?.value ?? null, who });
			const found = await look();
			const fixes = fix ? found.findings.flatMap(({ safeFix }) => safeFix ?? []) : [];
			if (fixes.length === 0) return ok({ ...found, done: [] });
			return ok({ done: await mend(app, fixes), ...(await look()) });
		}
	),

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
	),

	/** A short-lived token and where to use it, for `curl`, OBS or ffmpeg. */
	token: command(
		z.object({ action: z.enum(['read', 'publish', 'api']), path: z.string().optional() }),
		async ({ env, tickets }, { action, path }) => {
			if (action === 'api')
				return ok({ token: await tickets.apiToken(), url: env.MEDIAMTX_API_BASE });
			const channel = parseMediaPath(path ?? '');
			if (!channel.ok) return channel;
			const target = mediaPath(channel.value);
			if (action === 'publish')
				return ok(
					await tickets.publishTicket({ path: target, holder: { floor: personId('local') } })
				);
			const { base, token, expiresAt } = await tickets.readTicket(channel.value.event);
			return ok({
				token,
				expiresAt,
				whep: `${base}/${target}/whep`,
				rtsp: `${env.MEDIAMTX_RTSP_BASE}/${target}?token=${token}`
			});
		}
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
