// `npm run setup:production`: writes the .env of a server, with secrets of its own, and says what each line is.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { command, errorCode, Fault } from './fault.js';
import { ROOT } from './setup.js';

const USAGE = `Usage: npm run setup:production -- --portal voxbento.example.org --media media.voxbento.example.org --ip 203.0.113.7
  --portal   the name people type for the pages
  --media    the name under which browsers reach the media server; another one than --portal
  --ip       the public address of this machine: phones send and get their sound there (UDP 8189)
  --out      the file to write, .env unless said otherwise; one that is there is never overwritten`;

const NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

await command(async () => {
	const { portal, media, ip, out } = options();
	const secret = () => randomBytes(32).toString('base64url');
	const file = path.resolve(ROOT, out);
	const text = `# Written by npm run setup:production. Whoever reads this file has every account and every key: keep a copy
# where nobody else looks, beside the database's backup.

# What people type. Cookies are Secure and links are https because of it.
PUBLIC_BASE_URL=https://${portal}
# Where browsers reach the media server's port 8889, by the same TLS proxy.
MEDIAMTX_WHIP_BASE=https://${media}
# Where phones send and get their sound: UDP and TCP 8189 must reach this machine.
MEDIA_PUBLIC_IP=${ip}
MEDIA_ADDITIONAL_HOSTS=${ip}
# One reverse proxy of yours stands in front: its X-Forwarded headers are believed.
TRUSTED_PROXIES=1

# The names again, for deploy/Caddyfile.
PORTAL_HOST=${portal}
MEDIA_HOST=${media}

# Signs cookies and invitations. A new one signs everybody out.
JWT_SECRET=${secret()}
# Encrypts stored API keys and the media keys. To replace it put the new one in front: NEW,OLD; then npm run keys:rotate.
API_KEY_ENCRYPTION_KEY=${secret()}
# Between the portal and its caption workers.
WORKER_SECRET=${secret()}
# The database of docker compose.
POSTGRES_PASSWORD=${secret()}
# The shared password of /admin/login, for the first set-up. Empty it once your own account is a super admin.
ADMIN_PASSWORD=${secret()}
`;
	try {
		writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
	} catch (error) {
		throw new Fault(
			errorCode(error) === 'EEXIST'
				? `There is ${file} already. Move it away, or write another one with --out.`
				: `${file} cannot be written (${errorCode(error)}).`
		);
	}
	console.log(`${file} is written. Next:
  1. Point ${portal} and ${media} to ${ip}, and let TCP 80, 443, 8189 and UDP 8189 through.
  2. docker compose --profile tls up -d          (or the units in deploy/systemd; see docs/production.md)
  3. npm run doctor                              (with compose: docker compose exec portal npm run doctor)
  4. Sign in at https://${portal}/admin/login with ADMIN_PASSWORD.`);
});

/** @returns {{ portal: string, media: string, ip: string, out: string }} */
function options() {
	/** @type {{ [name: string]: string | boolean | undefined }} */
	let values;
	try {
		({ values } = parseArgs({
			options: {
				portal: { type: 'string' },
				media: { type: 'string' },
				ip: { type: 'string' },
				out: { type: 'string', default: '.env' }
			}
		}));
	} catch (error) {
		throw new Fault(`${error instanceof Error ? error.message : error}\n${USAGE}`);
	}
	const { portal, media, ip, out } = values;
	if (!portal || !media || !ip) throw new Fault(USAGE);
	for (const name of [portal, media])
		if (typeof name !== 'string' || !NAME.test(name))
			throw new Fault(
				`${name} is not a name such as voxbento.example.org (without https:// and path).`
			);
	if (portal === media)
		throw new Fault('The pages and the media server need two names: --portal and --media.');
	if (typeof ip !== 'string' || isIP(ip) === 0)
		throw new Fault(`${ip} is not an IP address such as 203.0.113.7.`);
	return { portal: String(portal), media: String(media), ip, out: String(out) };
}
