import { generateKeyPair, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { personId, seatId } from '#lib/domain/ids.ts';
import { FLOOR, parseLanguage } from '#lib/domain/language.ts';
import { floorPath, mediaPath } from '#lib/domain/media-path.ts';
import {
	mediaTokenClaimsSchema,
	permits,
	type MediaTokenClaims
} from '#lib/protocol/media-token.ts';
import { createTickets, publisherOf, PUBLISH_TTL_MS, READ_TTL_MS } from './tickets.ts';

const NOW = 1_800_000_000_000;
const KEY_ID = 'test-key';
let pair: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
	pair = await generateKeyPair('ES256');
});

function tickets(whipBase = 'https://media.example.org/') {
	const keys = { signing: () => Promise.resolve({ kid: KEY_ID, key: pair.privateKey }) };
	return createTickets({ keys, whipBase, now: () => NOW });
}

async function claims(token: string): Promise<MediaTokenClaims> {
	const { payload, protectedHeader } = await jwtVerify(token, pair.publicKey, {
		issuer: 'voxbento',
		audience: 'media',
		currentDate: new Date(NOW)
	});
	expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: KEY_ID });
	return mediaTokenClaimsSchema.parse(payload);
}

function permissions(of: MediaTokenClaims) {
	const list = of.mediamtx_permissions;
	if (typeof list === 'string') throw new Error('a list was expected');
	return list;
}

const language = (code: string) => {
	const parsed = parseLanguage(code);
	if (!parsed.ok) throw new Error(code);
	return parsed.value;
};

describe('publish ticket', () => {
	it('opens one path for 30 s and says whose seat it is', async () => {
		const path = mediaPath({ event: 'pycon', room: 'hall-2', language: language('pt-BR') });
		const ticket = await tickets().publishTicket({ path, holder: { seat: seatId('s-1') } });
		expect(ticket.url).toBe('https://media.example.org/pycon/hall-2/pt-BR/whip');
		expect(ticket.expiresAt).toBe(NOW + PUBLISH_TTL_MS);

		const claim = await claims(ticket.token);
		expect(claim.sub).toBe('seat:s-1');
		expect(claim.exp).toBe((NOW + PUBLISH_TTL_MS) / 1000);
		expect(permits(permissions(claim), 'publish', path)).toBe(true);
		expect(permits(permissions(claim), 'publish', 'pycon/pt-BR')).toBe(false);
		expect(permits(permissions(claim), 'publish', `${path}/x`)).toBe(false);
		expect(permits(permissions(claim), 'read', path)).toBe(false);
		expect(permits(permissions(claim), 'api', '')).toBe(false);
	});

	it('of the floor carries the person, and lives as long as asked', async () => {
		const person = personId('user:0b1f');
		const ticket = await tickets().publishTicket({
			path: floorPath('pycon', null),
			holder: { floor: person },
			ttlMs: 3_600_000
		});
		const claim = await claims(ticket.token);
		expect(claim.exp).toBe(NOW / 1000 + 3600);
		expect(publisherOf(claim.sub ?? '')).toEqual({ floor: person });
	});
});

describe('read ticket', () => {
	it.each([
		['conf/fr', true],
		['conf/floor', true],
		['conf/hall-2/ar', true],
		['conf-two/fr', false],
		['my-conf/fr', false],
		['other/conf/fr', false],
		['conf', false],
		['conffr/x', false]
	])('of event conf opens %s: %s', async (path, expected) => {
		const ticket = await tickets().readTicket('conf');
		expect(ticket.base).toBe('https://media.example.org');
		expect(ticket.expiresAt).toBe(NOW + READ_TTL_MS);
		const claim = await claims(ticket.token);
		expect(permits(permissions(claim), 'read', path)).toBe(expected);
		expect(permits(permissions(claim), 'publish', path)).toBe(false);
	});

	it('takes a slug literally, whatever stands in it', async () => {
		const claim = await claims((await tickets().readTicket('a.c')).token);
		expect(permits(permissions(claim), 'read', 'a.c/fr')).toBe(true);
		expect(permits(permissions(claim), 'read', 'abc/fr')).toBe(false);
	});
});

describe('API token', () => {
	it('is for the control API and the metrics alone, and made once for a while', async () => {
		const made = tickets();
		const token = await made.apiToken();
		expect(await made.apiToken()).toBe(token);
		const list = permissions(await claims(token));
		expect(permits(list, 'api', '')).toBe(true);
		expect(permits(list, 'metrics', '')).toBe(true);
		expect(permits(list, 'publish', `conf/${FLOOR}`)).toBe(false);
		expect(permits(list, 'read', 'conf/fr')).toBe(false);
	});
});

describe('user of a publishing session', () => {
	it.each([
		['seat:abc', { seat: 'abc' }],
		['floor:guest:abc', { floor: 'guest:abc' }],
		['listener', null],
		['seat:', null],
		['', null],
		['admin:abc', null]
	])('%s is read as %j', (user, expected) => {
		expect(publisherOf(user)).toEqual(expected);
	});
});
