import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv as parseEnvFile } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
	MEDIA_PERMISSIONS_CLAIM,
	MEDIA_TOKEN_AUDIENCE,
	MEDIA_TOKEN_ISSUER
} from '#lib/protocol/media-token.ts';
import { parseEnv } from '#lib/server/env.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(ROOT, file), 'utf8');

describe('mediamtx.yml', () => {
	const text = read('mediamtx.yml');
	const config = parse(text) as Record<string, unknown>;

	it('lets nobody in but the bearers of our tokens', () => {
		expect(config).toMatchObject({
			authMethod: 'jwt',
			authInternalUsers: [],
			authJWTIssuer: MEDIA_TOKEN_ISSUER,
			authJWTAudience: MEDIA_TOKEN_AUDIENCE,
			paths: {}
		});
		// Unset, it is the claim the portal signs; a token in a query string would end in logs.
		expect(config['authJWTClaimKey'] ?? MEDIA_PERMISSIONS_CLAIM).toBe(MEDIA_PERMISSIONS_CLAIM);
		expect(config).not.toHaveProperty('authJWTInHTTPQuery');
		expect(config).not.toHaveProperty('pathDefaults');
	});

	it('asks for no token only where nobody but this machine can come', () => {
		expect(config['authJWTExclude']).toEqual([{ action: 'api' }, { action: 'metrics' }]);
		for (const address of ['apiAddress', 'metricsAddress', 'rtspAddress'])
			expect(config[address], address).toMatch(/^127\.0\.0\.1:\d+$/);
		expect(config).toMatchObject({ apiAllowOrigins: [], metricsAllowOrigins: [] });
	});

	it('listens for nothing that nobody uses', () => {
		for (const server of ['rtmp', 'srt', 'moq', 'hls', 'pprof', 'playback'])
			expect(config[server], server).toBe(false);
		expect(config['rtspTransports']).toEqual(['tcp']);
	});

	it('is where the portal, browsers and firewalls expect it', () => {
		expect(config).toMatchObject({
			apiAddress: '127.0.0.1:9997',
			rtspAddress: '127.0.0.1:8554',
			webrtcAddress: ':8889',
			webrtcLocalUDPAddress: ':8189',
			webrtcLocalTCPAddress: ':8189'
		});
	});

	it('gives a reason above every key or group of keys', () => {
		const lines = text.split('\n');
		const without = lines.filter(
			(line, i) => /^\w/.test(line) && !/^[#\w ]/.test(lines[i - 1] ?? '')
		);
		expect(without).toEqual([]);
	});
});

type Service = {
	readonly image?: string;
	readonly ports?: readonly string[];
	readonly environment?: Readonly<Record<string, string | number>>;
	readonly networks?: readonly string[];
	readonly volumes?: readonly string[];
	readonly healthcheck?: object;
	readonly restart?: string;
	readonly privileged?: boolean;
	readonly network_mode?: string;
};

describe('docker-compose.yml', () => {
	const text = read('docker-compose.yml');
	const compose = parse(text, { merge: true }) as {
		readonly services: Readonly<Record<string, Service>>;
		readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
		readonly volumes: object;
	};
	const services = Object.entries(compose.services);
	const service = (name: string): Service => {
		const found = compose.services[name];
		if (found === undefined) throw new Error(`no service ${name}`);
		return found;
	};

	it('has the services and the volume that operators know', () => {
		expect(Object.keys(compose.services)).toEqual(
			expect.arrayContaining(['portal', 'worker', 'mediamtx', 'db'])
		);
		expect(compose.volumes).toHaveProperty('portal-data');
		expect(service('portal').volumes).toContain('portal-data:/data');
	});

	it('pins every image to a version', () => {
		expect(service('mediamtx').image).toMatch(/^bluenviron\/mediamtx:1\.20\.\d+$/);
		const base = /^FROM (\S+)/gm;
		const images = [
			...services.map(([, { image }]) => image).filter((image) => image !== 'voxbento:local'),
			...[...read('Dockerfile').matchAll(base)].map(([, image]) => image)
		];
		for (const image of images) expect(image).toMatch(/^[\w./-]+:\d+\.\d+[\w.-]*$/);
	});

	it('publishes the portal, WHIP, the sound and the TLS proxy, and nothing else', () => {
		const published = services.flatMap(([name, { ports = [] }]) =>
			ports.map((port) => `${name} ${port.replace(/^\$\{BIND_ADDRESS-127\.0\.0\.1\}:/, 'proxy:')}`)
		);
		expect(published.sort()).toEqual([
			'caddy 443:443',
			'caddy 443:443/udp',
			'caddy 80:80',
			'mediamtx 8189:8189/tcp',
			'mediamtx 8189:8189/udp',
			'mediamtx proxy:8889:8889',
			'portal proxy:8000:8000'
		]);
		for (const [name, { privileged, network_mode }] of services)
			expect({ privileged, network_mode }, name).toEqual({
				privileged: undefined,
				network_mode: undefined
			});
		expect(text).not.toContain('docker.sock');
	});

	it('lets the portal alone reach the database', () => {
		const reaching = services.filter(([, { networks = [] }]) => networks.includes('database'));
		expect(reaching.map(([name]) => name).sort()).toEqual(['db', 'portal']);
		expect(service('db').networks).toEqual(['database']);
		expect(compose.networks['database']).toEqual({ internal: true });
	});

	it('asks for a token at the control API, which is not on loopback there', () => {
		expect(service('mediamtx').environment).toMatchObject({
			MTX_APIADDRESS: ':9997',
			MTX_AUTHJWTEXCLUDE: ''
		});
		expect(service('portal').environment).toMatchObject({
			MEDIAMTX_API_BASE: 'http://mediamtx:9997'
		});
	});

	it('holds no secret, and says what is missing', () => {
		const without = [...text.matchAll(/\$\{(\w+)(?!\w*(?::\?|-))/g)].map(([, name]) => name);
		expect(without, 'variables with neither a default nor a sentence').toEqual([]);
		const sentences = [...text.matchAll(/\$\{(\w+):\?([^}]*)\}/g)];
		for (const [, name, sentence] of sentences) expect(sentence, name).toContain(`set ${name} to `);
		const asked = new Set(sentences.map(([, name]) => name));
		expect([...asked].sort()).toEqual([
			'API_KEY_ENCRYPTION_KEY',
			'JWT_SECRET',
			'MEDIAMTX_WHIP_BASE',
			'MEDIA_PUBLIC_IP',
			'POSTGRES_PASSWORD',
			'PUBLIC_BASE_URL',
			'WORKER_SECRET'
		]);
		for (const [name, { environment = {} }] of services)
			for (const [key, value] of Object.entries(environment))
				if (/PASSWORD|SECRET|_KEY/.test(key))
					expect(value, `${name}: ${key}`).toMatch(/^\$\{\w+(:\?|-\})/);
	});

	it('sets for the portal only what it knows, and all of it right', () => {
		const filled = Object.fromEntries(
			Object.entries(service('portal').environment ?? {}).map(([name, value]) => [
				name,
				String(value).replace(
					/\$\{(\w+)(?::\?|-)([^}]*)\}/g,
					(_all, variable: string, rest: string) =>
						/_BASE/.test(variable)
							? 'https://example.org'
							: /^set /.test(rest)
								? 'x'.repeat(44)
								: rest
				)
			])
		);
		const known = Object.keys(parseEnv(filled));
		expect(
			Object.keys(filled).filter((name) => !known.includes(name) && filled[name] !== '')
		).toEqual([]);
	});

	it('knows of every long-running service whether it is well', () => {
		for (const name of ['portal', 'db', 'keys'])
			expect(service(name), name).toHaveProperty('healthcheck.test');
		for (const [name, { restart }] of services) expect(restart, name).toBe('unless-stopped');
	});
});

describe('npm run setup:production', () => {
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-setup-'));
	afterAll(() => rmSync(folder, { recursive: true }));
	const file = join(folder, 'production.env');
	const names = ['--portal', 'vb.example.org', '--media', 'media.example.org'];
	const setup = (...args: string[]) =>
		spawnSync(process.execPath, ['scripts/setup-production.js', ...args], {
			cwd: ROOT,
			encoding: 'utf8'
		});

	it('writes all that compose asks for, with secrets of its own, for nobody else to read', () => {
		expect(setup(...names, '--ip', '203.0.113.7', '--out', file).status).toBe(0);
		const env = parseEnvFile(readFileSync(file, 'utf8'));
		const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
		for (const name of asked) expect(env, name).toHaveProperty(name ?? '');
		expect(() => parseEnv(env)).not.toThrow();
		expect(statSync(file).mode & 0o077).toBe(0);
		const secrets = Object.entries(env).filter(([name]) => /SECRET|PASSWORD|_KEY/.test(name));
		expect(new Set(secrets.map(([, value]) => value)).size).toBe(secrets.length);
	});

	it('never overwrites one, and says what is wrong with a name or an address', () => {
		expect(setup(...names, '--ip', '203.0.113.7', '--out', file).stderr).toContain('already');
		const next = ['--out', join(folder, 'next.env')];
		expect(setup(...names, '--ip', 'here', ...next).stderr).toContain('not an IP address');
		const url = ['--portal', 'https://vb.example.org', '--media', 'media.example.org'];
		expect(setup(...url, '--ip', '203.0.113.7', ...next).stderr).toContain('without https://');
		const same = ['--portal', 'vb.example.org', '--media', 'vb.example.org'];
		expect(setup(...same, '--ip', '203.0.113.7', ...next).stderr).toContain('two names');
	});
});

describe('deploy/', () => {
	it('runs on bare metal what compose runs, under a user of its own', () => {
		for (const [unit, command] of [
			['portal', 'src/main.js'],
			['media', 'build/workers/media.js'],
			['worker', 'build/workers/transcriber.js']
		]) {
			const text = read(`deploy/systemd/voxbento-${unit}.service`);
			expect(text).toContain(`ExecStart=/usr/bin/node ${command}`);
			expect(text).toContain('User=voxbento');
			expect(text).toContain('Restart=always');
		}
	});

	it('has a Caddyfile that Caddy takes', () => {
		const env = { ...process.env, PORTAL_HOST: 'vb.example.org', MEDIA_HOST: 'media.example.org' };
		const caddy = spawnSync(
			'caddy',
			['validate', '--config', 'deploy/Caddyfile', '--adapter', 'caddyfile'],
			{ cwd: ROOT, encoding: 'utf8', env }
		);
		if (caddy.error) return console.log('skipped: there is no caddy here');
		expect(caddy.stderr).not.toContain('"level":"warn"');
		expect(caddy).toMatchObject({ status: 0, stdout: 'Valid configuration\n' });
	});
});
