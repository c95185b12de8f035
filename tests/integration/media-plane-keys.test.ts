import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createSecretBox } from '#lib/server/auth/secret-box.ts';
import type { Db } from '#lib/server/db/database.ts';
import { signingKeys } from '#lib/server/db/schema.ts';
import { createLog } from '#lib/server/log.ts';
import {
	createSigningKeys,
	RETIRED_KEY_PUBLISHED_MS,
	type SigningKeys
} from '#lib/server/media/signing-keys.ts';
import { createTickets } from '#lib/server/media/tickets.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const SECRET = 'a-secret-of-this-test-a-secret-of-this';
let clock = Date.now();

type Portal = { keys: SigningKeys; announced: ReturnType<typeof vi.fn> };

function portal(db: Db, secret = SECRET, announce = () => Promise.resolve()): Portal {
	const announced = vi.fn(announce);
	const keys = createSigningKeys({
		db,
		box: createSecretBox([secret]),
		log: createLog('silent'),
		announce: announced,
		now: () => clock
	});
	return { keys, announced };
}

/** A token of `signer` against the key set that `publisher` serves, as the media server checks it. */
async function accepted(signer: SigningKeys, publisher: SigningKeys): Promise<boolean> {
	const tickets = createTickets({ keys: signer, whipBase: 'http://m', now: () => clock });
	return valid((await tickets.readTicket('ev')).token, publisher);
}

async function valid(token: string, publisher: SigningKeys): Promise<boolean> {
	const set = createLocalJWKSet(await publisher.keySet());
	const options = { issuer: 'voxbento', audience: 'media', currentDate: new Date(clock) };
	return jwtVerify(token, set, options).then(
		() => true,
		() => false
	);
}

describeOnEachDatabase('signing keys', ({ open }) => {
	let db: Db;
	beforeAll(async () => {
		db = (await open()).db;
	});
	afterEach(async () => {
		await db.delete(signingKeys);
	});

	it('are made once, stored without the private half readable, and shared by every portal', async () => {
		const first = portal(db);
		const { kid } = await first.keys.signing();
		await vi.waitFor(() => expect(first.announced).toHaveBeenCalledTimes(1));

		const second = portal(db);
		expect((await second.keys.signing()).kid).toBe(kid);
		expect(second.announced).not.toHaveBeenCalled();
		expect(await accepted(second.keys, first.keys)).toBe(true);

		const [row] = await db.select().from(signingKeys);
		expect(row?.publicJwk).not.toHaveProperty('d');
		expect(row?.privateJwkEncrypted).toMatch(/^v1\./);
		const { keys } = await first.keys.keySet();
		expect(keys).toEqual([expect.objectContaining({ kid, alg: 'ES256', use: 'sig', kty: 'EC' })]);
		expect(JSON.stringify(keys)).not.toContain('"d"');
	});

	it('rotate without a token refused: both are published, then the old one goes', async () => {
		const { keys, announced } = portal(db);
		const before = await keys.signing();
		const tickets = createTickets({ keys, whipBase: 'http://m', now: () => clock });
		const old = (await tickets.readTicket('ev')).token;
		announced.mockClear();
		announced.mockImplementation(async () => {
			// When the media server is told, the new key is there to be read and the old one still signs.
			expect((await keys.keySet()).keys).toHaveLength(2);
			expect((await keys.signing()).kid).toBe(before.kid);
		});

		clock += 1;
		const kid = await keys.rotate();
		expect(announced).toHaveBeenCalledTimes(1);
		expect((await keys.signing()).kid).toBe(kid);
		expect(await valid(old, keys)).toBe(true);
		expect(await accepted(keys, keys)).toBe(true);

		clock += RETIRED_KEY_PUBLISHED_MS + 1;
		expect((await keys.keySet()).keys.map((key) => key.kid)).toEqual([kid]);
	});

	it('rotate and void the old one when it was stolen', async () => {
		const { keys } = portal(db);
		const tickets = createTickets({ keys, whipBase: 'http://m', now: () => clock });
		const old = (await tickets.readTicket('ev')).token;
		clock += 1;
		await keys.rotate({ revokeOld: true });
		expect(await valid(old, keys)).toBe(false);
		expect(await accepted(keys, keys)).toBe(true);
	});

	it('stay as they are when the media server cannot be told', async () => {
		const { keys, announced } = portal(db);
		const before = await keys.signing();
		announced.mockRejectedValue(new Error('down'));
		clock += 1;
		await expect(keys.rotate()).rejects.toThrow('down');
		expect((await keys.signing()).kid).toBe(before.kid);
		expect((await keys.keySet()).keys).toHaveLength(1);
	});

	it('that another portal rotated are used after a while', async () => {
		const [one, other] = [portal(db), portal(db)];
		await other.keys.signing();
		await one.keys.signing();
		clock += 1;
		const kid = await one.keys.rotate();
		expect(await accepted(other.keys, one.keys)).toBe(true);
		clock += 60_000;
		expect((await other.keys.signing()).kid).toBe(kid);
	});

	it('are made anew when the secret was changed, and the old tokens stay valid', async () => {
		const before = portal(db);
		const tickets = createTickets({ keys: before.keys, whipBase: 'http://m', now: () => clock });
		const old = (await tickets.readTicket('ev')).token;
		clock += 1;
		const after = portal(db, 'another-secret-another-secret-another');
		expect(await accepted(after.keys, after.keys)).toBe(true);
		expect(await valid(old, after.keys)).toBe(true);
	});
});
