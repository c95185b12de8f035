import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../fault.js';

/** What lies in the folder of a backup. */
export const DATABASE_FILE = 'database.pglite.tar.gz';
export const POSTGRES_FILE = 'database.pgdump';

/** Without the secret stored keys cannot be decrypted, and every link of the demo event changes. */
const SECRETS = ['portal.secret', 'admin-password'];

/** @returns the names of what was there to be copied; secrets that stand in the environment are not */
export function copySecrets(from: string, to: string): string[] {
	const there = SECRETS.filter((name) => existsSync(path.join(from, name)));
	for (const name of there) copyFileSync(path.join(from, name), path.join(to, name));
	return there;
}

/** @throws Fault when the data folder has another secret and `force` is not given */
export function restoreSecrets(from: string, to: string, force: boolean): void {
	for (const name of SECRETS) {
		const [source, target] = [path.join(from, name), path.join(to, name)];
		if (!existsSync(source)) continue;
		const isOther =
			existsSync(target) && readFileSync(target, 'utf8') !== readFileSync(source, 'utf8');
		if (isOther && !force)
			throw new Fault(
				`${target} is another secret than the backup’s. Move it away, or restore with --force.`
			);
		copyFileSync(source, target);
	}
}
