import { reachOf } from '#lib/domain/doctor/addresses.ts';
import type { Finding, Report } from '#lib/domain/doctor/finding.ts';
import type { Env } from '../env.ts';

/** Passwords that stand in guides and are tried first. */
const KNOWN = /^(admin|password|changeme|change-me|secret|voxbento|letmein|12345678|demo)/i;
const SHORT = 12;

/** Whether what guards this installation can be guessed; only a portal that others can reach is blamed. */
export function secrets(env: Env): Report {
	if (reachOf(new URL(env.PUBLIC_BASE_URL).hostname) === 'this-machine')
		return { facts: [], findings: [] };
	const findings: Finding[] = [];
	const weak = (name: string, says: string): void => {
		findings.push({
			code: 'secret_weak',
			level: 'warning',
			about: name,
			says,
			fix: `Set ${name} to a long random value (npm run setup:production prints some) and restart.`
		});
	};
	const password = env.ADMIN_PASSWORD;
	if (password !== undefined && (KNOWN.test(password) || password.length < SHORT))
		weak('ADMIN_PASSWORD', 'The shared admin password is short or well known.');
	const secret = env.JWT_SECRET ?? env.SECRET_KEY;
	if (secret !== undefined && new Set(secret).size < 10)
		weak('JWT_SECRET', 'The secret that signs cookies repeats a few characters.');
	if (env.API_KEY_ENCRYPTION_KEY === undefined)
		weak(
			'API_KEY_ENCRYPTION_KEY',
			'Stored API keys are encrypted with the secret that signs cookies: neither can be replaced alone.'
		);
	return { facts: [], findings };
}
