import { expect, it } from 'vitest';
import { SpentTickets } from './spent-tickets.ts';

const bearer = (id: string, expiresAtSeconds = 100) => ({
	user: 'seat:1',
	ticket: { id, expiresAtSeconds }
});

it('lets a ticket be spent once', () => {
	const spent = new SpentTickets();
	expect(spent.has(bearer('a'))).toBe(false);
	spent.spend(bearer('a'), 50_000);
	expect(spent.has(bearer('a'))).toBe(true);
	expect(spent.has(bearer('b'))).toBe(false);
});

it('remembers a ticket for as long as its token is valid, clock tolerance included, and no longer', () => {
	const spent = new SpentTickets();
	spent.spend(bearer('a', 100), 50_000);
	spent.spend(bearer('b', 200), 102_000);
	expect(spent.has(bearer('a', 100))).toBe(true);
	spent.spend(bearer('c', 200), 106_000);
	expect(spent.has(bearer('a', 100))).toBe(false);
	expect(spent.has(bearer('b', 200))).toBe(true);
});

it('leaves tokens without an id alone: OBS uses its own again after every interruption', () => {
	const spent = new SpentTickets();
	const reusable = { user: 'floor:1', ticket: null };
	spent.spend(reusable, 0);
	expect(spent.has(reusable)).toBe(false);
});
