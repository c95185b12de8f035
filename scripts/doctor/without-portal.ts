import postgres from 'postgres';
import type { Finding, Report } from '#lib/domain/doctor/finding.ts';
import { EnvFault, parseEnv, type Env } from '#lib/server/env.ts';
import { DataDirFault, lockDataDir } from '#lib/server/data-dir.ts';
import path from 'node:path';

const TIMEOUT_MS = 3_000;

/**
 * Why no portal runs, as far as can be seen from outside; null when one answers.
 *
 * @param source the environment with `.env` beneath it
 */
export async function withoutPortal(
	source: NodeJS.ProcessEnv,
	root: string
): Promise<(Report & { done: readonly string[] }) | null> {
	let env: Env;
	try {
		env = parseEnv(source);
	} catch (error) {
		if (!(error instanceof EnvFault)) throw error;
		return report([
			finding(
				'environment',
				error.message,
				'Mend these in .env or the environment, and start again.'
			)
		]);
	}
	const scheme = env.TLS_CERT === undefined ? 'http' : 'https';
	const url = `${scheme}://127.0.0.1:${env.PORT}/healthz`;
	const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
		.then(
			async (response) => ({ name: ((await response.json()) as { server?: unknown }).server }),
			() => null
		)
		.catch(() => ({ name: null }));
	if (answer?.name === 'voxbento') return null;
	if (answer !== null)
		return report([
			finding(
				`port ${env.PORT}`,
				'Something else than VoxBento listens there.',
				'Stop it, or choose another port with PORT.'
			)
		]);
	const found = [...dataFolder(path.resolve(root, env.DATA_DIR)), ...(await databaseOf(env))];
	if (found.length === 0)
		found.push(
			finding(
				url,
				'No portal answers, and nothing is in its way.',
				'Start it: npm start, or docker compose up -d portal.'
			)
		);
	return report(found);
}

function dataFolder(dir: string): Finding[] {
	try {
		lockDataDir(dir)();
		return [];
	} catch (error) {
		if (!(error instanceof DataDirFault)) throw error;
		return [
			finding(
				dir,
				error.message,
				'On Docker: check that the volume portal-data is mounted and belongs to user node.'
			)
		];
	}
}

async function databaseOf({ DATABASE_URL }: Env): Promise<Finding[]> {
	if (DATABASE_URL === undefined) return [];
	const client = postgres(DATABASE_URL, {
		max: 1,
		connect_timeout: TIMEOUT_MS / 1000,
		onnotice: () => undefined
	});
	try {
		await client`select 1`;
		return [];
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		return [
			{
				code: 'database_away',
				level: 'fault',
				about: new URL(DATABASE_URL).host,
				says: `The database cannot be used (${REASONS[code] ?? code}), so no portal can start.`,
				fix: 'Check that it runs and that DATABASE_URL is right (docker compose logs db --tail=50).'
			}
		];
	} finally {
		await client.end({ timeout: 1 });
	}
}

/** What operators meet most; SQLSTATE classes 28 and 3D, and Node's own. */
const REASONS: Record<string, string> = {
	'28P01': 'wrong password',
	'28000': 'this user may not come in',
	'3D000': 'there is no such database',
	ECONNREFUSED: 'nothing listens there',
	ENOTFOUND: 'there is no such host',
	CONNECT_TIMEOUT: 'no answer'
};

function finding(about: string, says: string, fix: string): Finding {
	return { code: 'portal_away', level: 'fault', about, says, fix };
}

function report(findings: readonly Finding[]): Report & { done: readonly string[] } {
	return { facts: ['portal: does not answer'], findings, done: [] };
}
