import { describe, expect, test } from 'vitest';
import { sourceFiles, type SourceFile } from './support/source-files.ts';

/**
 * The house rules, judged over the import graph. A rule that is in the way is changed here, with a reason, and
 * not worked around.
 */

/** Zones by the beginning of a path, and the zones each may import: `domain ← protocol ← server …`. */
const ZONES: Record<string, { at: RegExp; mayImport: string[] }> = {
	domain: { at: /^src\/lib\/domain\//, mayImport: ['domain'] },
	protocol: { at: /^src\/lib\/protocol\//, mayImport: ['protocol', 'domain'] },
	messages: { at: /^src\/lib\/paraglide\//, mayImport: [] },
	ui: { at: /^src\/lib\/ui\//, mayImport: ['ui', 'domain'] },
	// Which language the reader chose is known in the browser; what is said in it is the pages' affair.
	client: { at: /^src\/lib\/client\//, mayImport: ['client', 'protocol', 'domain', 'messages'] },
	// Of the messages the server knows the language negotiation alone.
	server: { at: /^src\/lib\/server\//, mayImport: ['server', 'protocol', 'domain', 'messages'] },
	routes: {
		at: /^src\/(routes\/|[^/]+$)/,
		mayImport: ['routes', 'ui', 'client', 'server', 'messages', 'protocol', 'domain']
	}
};

/** A worker knows itself and what crosses process borders; no worker knows another. */
const WORKER = /^workers\/[^/]+\//;

/** Where a package may be named. What is not in here has not been decided yet. */
const VENDORS: Record<string, RegExp> = {
	'@electric-sql/pglite': /^src\/lib\/server\/db\//,
	'@grpc/grpc-js': /^workers\/transcriber\/providers\/riva/,
	'@grpc/proto-loader': /^workers\/transcriber\/providers\/riva/,
	'@lucia-auth/adapter-drizzle': /^src\/lib\/server\/auth\/lucia\.ts$/,
	'@lucide/svelte': /^src\/(routes|lib\/ui)\//,
	'@node-rs/argon2': /^src\/lib\/server\/auth\/passwords\.ts$/,
	'@sveltejs/kit': /^src\/(routes\/|hooks\.|service-worker|app\.d\.ts|lib\/server\/http\/)/,
	'bits-ui': /^src\/lib\/ui\//,
	cookie: /^src\/lib\/server\/auth\//,
	'drizzle-orm': /^src\/lib\/server\//,
	jose: /^(src\/lib\/server\/(media|auth|realtime)|workers\/media\/tokens)\//,
	lucia: /^src\/lib\/server\/auth\/lucia\.ts$/,
	nodemailer: /^src\/lib\/server\/mail\//,
	'node-datachannel': /^workers\/(media\/peers|demo-voices\/whip-publisher)/,
	otpauth: /^src\/lib\/server\/accounts\/totp(\.test)?\.ts$/,
	pino: /^(src\/lib\/server\/log\.ts|workers\/)/,
	postgres: /^src\/lib\/server\/db\//,
	'prom-client': /^src\/lib\/server\/metrics\//,
	'rate-limiter-flexible': /^src\/lib\/server\//,
	'socket.io': /^src\/lib\/server\/(realtime\/|http\/drain|app\.ts)/,
	'socket.io-client':
		/^(src\/lib\/client\/|workers\/(demo-voices\/booth-socket|transcriber\/portal-link))/,
	svelte: /^src\/(routes|lib\/(ui|client))\//,
	uqr: /^src\/(routes|lib\/ui)\//,
	'workbox-core': /^src\/service-worker\.ts$/,
	'workbox-precaching': /^src\/service-worker\.ts$/,
	'workbox-routing': /^src\/service-worker\.ts$/,
	'workbox-window': /^src\/lib\/client\//,
	ws: /^workers\/transcriber\/providers\/socket-stream\.ts$/,
	zod: /^(src\/lib\/(protocol|server)|src\/routes\/.*server\.ts|workers)/
};

const files = sourceFiles(['src', 'workers']);
const product = files.filter((file) => !file.path.endsWith('.test.ts'));
const zoneOf = (path: string): string | undefined =>
	WORKER.exec(path)?.[0] ?? Object.keys(ZONES).find((name) => ZONES[name]?.at.test(path));
const mayImport = (zone = ''): string[] =>
	ZONES[zone]?.mayImport ?? (WORKER.test(zone) ? [zone, 'protocol', 'domain'] : []);
const offences = (judge: (file: SourceFile) => readonly string[]) =>
	product.flatMap((file) => judge(file).map((what) => `${file.path}: ${what}`));

test('there is a house to judge', () => {
	expect(product.length).toBeGreaterThan(40);
	expect(product.some((file) => file.imports.some((each) => each.ours && each.typeOnly))).toBe(
		true
	);
});

describe('directions', () => {
	test('every file stands in a zone', () => {
		expect(offences((file) => (zoneOf(file.path) ? [] : ['stands in no zone']))).toEqual([]);
	});

	test('imports run one way', () => {
		expect(
			offences((file) => {
				const allowed = mayImport(zoneOf(file.path));
				return file.imports
					.filter((each) => each.ours && !allowed.includes(zoneOf(each.target) ?? ''))
					.map((each) => `must not import ${each.target}`);
			})
		).toEqual([]);
	});

	test('what the audience loads brings no schema library along', () => {
		const byPath = new Map(product.map((file) => [file.path, file]));
		const seen = new Set<string>();
		const reach = (path: string, trail: string): string[] => {
			const file = byPath.get(path);
			if (!file || seen.has(path)) return [];
			seen.add(path);
			return file.imports
				.filter((each) => !each.typeOnly)
				.flatMap((each) =>
					each.target === 'zod'
						? [`${trail} → zod`]
						: reach(each.target, `${trail} → ${each.target}`)
				);
		};
		const roots = product.filter((file) => /^src\/lib\/(client|ui)\/|\.svelte$/.test(file.path));
		expect(roots.flatMap(({ path }) => reach(path, path))).toEqual([]);
	});
});

test('a vendor is named in one place', () => {
	const isPackage = (name: string) => !name.startsWith('node:') && !/^(\$|virtual:)/.test(name);
	expect(
		offences((file) =>
			file.imports
				.filter(({ ours, target }) => !ours && isPackage(target))
				.filter(({ target }) => !VENDORS[target]?.test(file.path))
				.map(({ target }) => `must not name ${target}`)
		)
	).toEqual([]);
});

describe('the domain is pure', () => {
	const domain = product.filter((file) => zoneOf(file.path) === 'domain');
	const impure =
		/^(async|await|Promise|Date|Math\.random|performance|crypto|process|console|fetch|set(Timeout|Interval))$/;

	test.each(domain)('$path', ({ words, imports }) => {
		expect([...words].filter((word) => impure.test(word))).toEqual([]);
		expect(imports.filter((each) => !each.ours)).toEqual([]);
	});
});

describe('form', () => {
	test('no file is two things: at most 300 lines, a test file 600', () => {
		const all = [...files, ...sourceFiles(['scripts', 'tests'])];
		const most = (path: string) => (path.endsWith('.test.ts') ? 600 : 300);
		expect(
			all
				.filter(({ path, lines }) => lines > most(path))
				.map(({ path, lines }) => `${path}: ${lines}`)
		).toEqual([]);
	});

	test('a file is named after what it holds', () => {
		const drawers = /(^|[/.-])(utils?|helpers?|misc|common|types|managers?)[/.-]/;
		const kebab = /^(\+?[a-z0-9]+([-.@][a-z0-9]+)*)\.(ts|js)$|^\+[a-z-]+(@[a-z-]*)?\.svelte$/;
		const pascal = /^([A-Z][a-z0-9]*)+\.svelte$/;
		expect(
			offences(({ path }) => {
				const name = path.split('/').at(-1) ?? '';
				return [
					...(drawers.test(path) ? ['is named like a drawer'] : []),
					...(kebab.test(name) || pascal.test(name)
						? []
						: ['is neither kebab-case.ts nor Pascal.svelte'])
				];
			})
		).toEqual([]);
	});

	test('types say what they are: no any, no enum, no !', () => {
		const words = [': any', 'enum {}', 'x!'];
		expect(offences((file) => words.filter((word) => file.words.has(word)))).toEqual([]);
	});

	test('one alias for the library', () => {
		expect(
			offences((file) =>
				file.imports
					.filter(({ target }) => target === '$lib')
					.map(() => 'uses $lib; workers and tests know #lib alone')
			)
		).toEqual([]);
	});
});
