import { SignJWT, jwtVerify } from 'jose';
import {
	boothId,
	personId,
	seatId,
	type BoothId,
	type PersonId,
	type SeatId
} from '#lib/domain/ids.ts';
import { purposeKey } from '../auth/signed-cookies.ts';

export type SeatClaim = {
	readonly seat: SeatId;
	readonly person: PersonId;
	readonly booth: BoothId;
};

/** What a page keeps in memory to come back to its own seat; worth nothing to another person or booth. */
export type SeatTokens = {
	sign(claim: SeatClaim): Promise<string>;
	/** Null for a forged, foreign or expired one. */
	read(token: string): Promise<SeatClaim | null>;
};

const LIFETIME = '24h';

export function createSeatTokens(secret: string): SeatTokens {
	const key = purposeKey(secret, 'seat');
	return {
		sign: ({ seat, person, booth }) =>
			new SignJWT({ seat, booth })
				.setProtectedHeader({ alg: 'HS256' })
				.setSubject(person)
				.setIssuedAt()
				.setExpirationTime(LIFETIME)
				.sign(key),
		async read(token) {
			try {
				const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
				if (typeof payload['seat'] !== 'string' || typeof payload['booth'] !== 'number')
					return null;
				return {
					seat: seatId(payload['seat']),
					person: personId(payload.sub ?? ''),
					booth: boothId(payload['booth'])
				};
			} catch {
				return null;
			}
		}
	};
}
