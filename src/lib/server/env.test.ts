import { expect, test } from 'vitest';
import { EnvFault, parseEnv } from './env.ts';

test('a link never leads to somebody else’s portal: without an address it is this machine’s', () => {
	expect(parseEnv({}).PUBLIC_BASE_URL).toBe('http://localhost:8000');
	expect(parseEnv({ PORT: '9000' }).PUBLIC_BASE_URL).toBe('http://localhost:9000');
	expect(parseEnv({ PUBLIC_BASE_URL: 'https://a.example' }).PUBLIC_BASE_URL).toBe(
		'https://a.example'
	);
});

test('every fault is told at once', () => {
	const faulty = { PORT: 'x', JWT_SECRET: 'short', ADMIN_PASSWORD: 'short' };
	expect(() => parseEnv(faulty)).toThrow(EnvFault);
	for (const name of Object.keys(faulty)) expect(() => parseEnv(faulty)).toThrow(name);
});
