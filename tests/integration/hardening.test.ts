import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
const PAGES = ['/', '/login', '/admin/login', '/listener/demo', '/join/nothing', '/no/such/page'];

beforeAll(async () => {
	// The portal behind one proxy of ours, at an https address.
	stack = await startStack({ TRUSTED_PROXIES: '1', LOG_LEVEL: 'debug' });
});
afterAll(() => stack.stop());

/** As the proxy in front says it. */
const proxied = (headers: Record<string, string> = {}) => ({
	...{ 'x-forwarded-host': new URL(stack.url).host, 'x-forwarded-proto': 'http' },
	...{ 'x-forwarded-for': '203.0.113.9', ...headers }
});

const get = (path: string, headers: Record<string, string> = {}) =>
	fetch(stack.url + path, { headers: proxied(headers), redirect: 'manual' });

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
	return fetch(stack.url + path, {
		method: 'POST',
		headers: proxied({ origin: stack.url, accept: 'text/html', ...headers }),
		body: new URLSearchParams(form),
		redirect: 'manual'
	});
}
const signIn = (headers: Record<string, string> = {}) =>
	post('/admin/login', { password: stack.adminPassword }, headers);

describe('what a browser is told', () => {
	it('every page has a policy with a nonce, and headers that close doors', async () => {
		for (const page of PAGES) {
			const { headers } = await get(page);
			const policy = headers.get('content-security-policy') ?? '';
			const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
			expect(scripts, page).toMatch(/'nonce-[^']+'/);
			expect(scripts, page).not.toMatch(/unsafe|\*|https?:/);
			expect(policy, page).toContain("default-src 'none'");
			expect(Object.fromEntries(headers), page).toMatchObject({
				'x-content-type-options': 'nosniff',
				'x-frame-options': 'DENY',
				'referrer-policy': 'same-origin'
			});
		}
		const [first, second] = [await get('/login'), await get('/login')];
		expect(first.headers.get('content-security-policy')).not.toBe(
			second.headers.get('content-security-policy')
		);
	});

	it('no page loads anything from elsewhere', async () => {
		for (const page of PAGES) {
			const html = await (await get(page)).text();
			const loaded = [
				...html.matchAll(/<(?:script|img|iframe|source)\b[^>]*\ssrc="([^"]+)"/g),
				...html.matchAll(/<link\b[^>]*\shref="([^"]+)"/g)
			].map(([, address]) => address ?? '');
			expect(loaded.length, page).toBeGreaterThan(0);
			expect(
				loaded.filter((address) => /^(https?:)?\/\//.test(address)),
				page
			).toEqual([]);
		}
	});

	it('names cannot break out of the page', async () => {
		const name = '</script><script>alert(1)</script>';
		const answer = await post(interpreterLink(0), { name });
		const [cookie = ''] = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
		const html = await (await get('/', { cookie })).text();
		expect(html).toContain('alert(1)');
		expect(html).not.toContain('<script>alert(1)');
	});
});

it('the pages about people, access, keys and the record open without scripts', async () => {
	const [cookie = ''] = (await signIn()).headers
		.getSetCookie()
		.map((line) => line.split(';')[0] ?? '');
	const pages = ['people', 'people/invites', 'access', 'access/poster', 'providers', 'audit'];
	for (const page of [...pages, 'rooms/main/sheet']) {
		const answer = await get(`/admin/events/demo/${page}`, { cookie });
		expect(answer.status, page).toBe(200);
		expect(await answer.text(), page).toContain('<h1');
	}
	expect((await get('/admin/audit', { cookie })).status).toBe(200);
});

describe('cookies', () => {
	it('are out of reach of scripts and other sites, and secure behind TLS', async () => {
		const plain = (await signIn()).headers.getSetCookie();
		expect(plain).toHaveLength(1);
		expect(plain[0]).toMatch(/; HttpOnly/i);
		expect(plain[0]).toMatch(/; SameSite=Lax/i);
		expect(plain[0]).not.toMatch(/; Secure/i);
		const origin = stack.url.replace('http:', 'https:');
		const secure = await signIn({ 'x-forwarded-proto': 'https', origin });
		expect(secure.headers.getSetCookie()[0]).toMatch(/; Secure/i);
		expect(secure.headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/);
	});
});

describe('a page of another site', () => {
	it('can send no form and no request that counts as one', async () => {
		const origin = 'https://evil.example';
		expect((await signIn({ origin })).status).toBe(403);
		for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
			const answer = await fetch(`${stack.url}/api/events/demo/floor-ticket`, {
				method: 'POST',
				headers: proxied({ origin, 'content-type': type }),
				body: '{}'
			});
			expect(answer.status, type).toBe(403);
		}
		// Anything else a browser asks for first, and gets no leave.
		const asked = await fetch(`${stack.url}/api/events/demo/floor-ticket`, {
			method: 'OPTIONS',
			headers: proxied({ origin, 'access-control-request-method': 'POST' })
		});
		expect(asked.headers.get('access-control-allow-origin')).toBeNull();
	});
});

it('the log of a whole journey has no secret in it', async () => {
	const code = stack.demo.joinCode ?? '';
	const listener = await get(`/listener/demo?code=${code}`);
	const guest = await post(interpreterLink(1), { name: 'Ben' });
	const admin = await signIn();
	const cookies = [listener, guest, admin].flatMap(({ headers }) =>
		headers.getSetCookie().map((line) => /=([^;]*)/.exec(line)?.[1] ?? '')
	);
	expect(cookies.length).toBeGreaterThanOrEqual(3);
	await get('/magic/some-secret-of-a-link');
	await post('/login?/password', { email: 'ana@example.org', password: 'typed by mistake' });
	const cookie = guest.headers.getSetCookie()[0]?.split(';')[0] ?? '';
	const ticket = await get('/api/events/demo/read-ticket', { cookie });
	const { token } = (await ticket.json()) as { token: string };
	const secrets = [
		...cookies,
		...stack.demo.links.interpreters.map(({ path }) => path.split('/').at(-1) ?? ''),
		...['portal.secret', 'local.key'].map((file) =>
			readFileSync(join(stack.dataDir, file), 'utf8')
		),
		...[stack.adminPassword, code, token, 'some-secret-of-a-link', 'typed by mistake']
	];
	const log = stack.portal.output() + stack.media.output();
	expect(log.length).toBeGreaterThan(500);
	for (const secret of secrets) {
		expect(secret.length).toBeGreaterThanOrEqual(6);
		expect(log.includes(secret.trim()), 'a secret stands in the log').toBe(false);
	}
});

function interpreterLink(n: number): string {
	return stack.demo.links.interpreters[n]?.path ?? '';
}
