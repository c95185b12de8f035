import { expect, test } from 'vitest';
import type { LanguageCode } from '#lib/domain/language.ts';
import { lanSentence, welcome } from './links.js';

const start = {
	publicUrl: 'http://localhost:8000',
	demo: {
		joinCode: 'ABCDEF',
		links: {
			interpreters: [
				{ language: 'en' as LanguageCode, path: '/join/one' },
				{ language: 'en' as LanguageCode, path: '/join/two' }
			],
			floor: '/join/three',
			listener: '/listener/demo?code=ABCDEF'
		}
	},
	voices: true,
	admin: { password: 'aaaa-bbbb', origin: 'new' as const, file: '/data/admin-password' },
	dataFolder: '/data',
	colour: false,
	lan: null
};

test('prints every link, the password of a first start and a code to scan', () => {
	const text = welcome(start);
	for (const link of [
		'http://localhost:8000/listener/demo?code=ABCDEF',
		'Interpreter 1, English booth  http://localhost:8000/join/one',
		'Interpreter 2, English booth  http://localhost:8000/join/two',
		'http://localhost:8000/join/three',
		'http://localhost:8000/admin/login',
		'password: aaaa-bbbb'
	])
		expect(text).toContain(link);
	expect(text).toMatch(/[▀▄█]{20}/);
});

test('a second start says where the password is, not what', () => {
	const text = welcome({ ...start, admin: { ...start.admin, origin: 'kept' } });
	expect(text).not.toContain('aaaa-bbbb');
	expect(text).toContain('/data/admin-password');
});

test('an empty password is said to mean that the login is off', () => {
	const admin = { password: '', origin: 'environment' as const, file: '' };
	expect(welcome({ ...start, demo: null, admin })).toContain('off: ADMIN_PASSWORD is empty');
});

test('one sentence says what the network reaches now', () => {
	const lan = lanSentence({
		publicUrl: 'https://192.168.1.5:8443',
		icePort: 8189,
		others: ['10.0.0.7'],
		authorityUrl: null
	});
	expect(lan).toContain('can now reach https://192.168.1.5:8443');
	expect(lan).toContain('port 8189');
	expect(lan).toContain('--lan-address: 10.0.0.7');
	expect(welcome({ ...start, lan })).not.toContain('npm start -- --lan');
});
