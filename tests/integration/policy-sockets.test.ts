import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, ROLES, type Scene } from '../support/policy/place.ts';
import { messages, socketOutcome } from '../support/policy/sockets.ts';

/**
 * Every message of every socket namespace, sent by every role: eight letters as in the policy table, for their own
 * place, beside it, and in another event. Written by hand.
 */
const MESSAGES: Readonly<Record<string, string>> = {
	'/booth booth:join': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:leave': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:go-live': '13+33333 13333333 13333333',
	'/booth booth:stop': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:offer': '13+33333 13333333 13333333',
	'/booth booth:request': '13+33333 13333333 13333333',
	'/booth booth:accept': '13+33333 13333333 13333333',
	'/booth booth:decline': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:cancel': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:arrived': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:set-active': '1333++3+ 13333+3+ 1333333+',
	'/booth booth:open': '1333++3+ 13333+3+ 1333333+',
	'/booth booth:close': '1333++3+ 13333+3+ 1333333+',
	'/booth booth:chat': '13+3++3+ 13333+3+ 1333333+',
	'/booth booth:relay': '13+33333 13333333 13333333',
	'/booth booth:consent': '13++++3+ 133+3+3+ 1333333+',
	'/booth booth:help': '13+3++3+ 13333+3+ 1333333+',
	'/booth booth:signal': '13+3++3+ 13333+3+ 1333333+',
	'/booth booth:done': '13+3++3+ 13333+3+ 1333333+',
	'/booth booth:note': '13+3++3+ 13333+3+ 1333333+',
	'/booth booth:note-remove': '13+3++3+ 13333+3+ 1333333+',
	'/booth booth:together': '13+3++3+ 13333+3+ 1333333+',
	'/control control:join': '1333++3+ 1333++3+ 1333333+',
	'/control control:open': '1333++3+ 13333+3+ 1333333+',
	'/control control:close': '1333++3+ 13333+3+ 1333333+',
	'/control control:set-active': '1333++3+ 13333+3+ 1333333+',
	'/control control:take-off': '1333++3+ 13333+3+ 1333333+',
	'/control control:message': '1333++3+ 13333+3+ 1333333+',
	'/control control:move': '1333++3+ 1333++3+ 1333333+',
	'/listen captions:follow': '1+++++3+ 1+++++3+ 1333333+',
	'/listen captions:since': '1+++++3+ 1+++++3+ 1333333+',
	'/listen listen:join': '1+++++3+ 1+++++3+ 1333333+',
	'/worker worker:hello': '11111111',
	'/worker worker:heartbeat': '11111111',
	'/worker session:claim': '11111111',
	'/worker session:source': '11111111',
	'/worker session:state': '11111111',
	'/worker session:release': '11111111',
	'/worker caption:partial': '11111111',
	'/worker caption:final': '11111111'
};

let scene: Scene;
beforeAll(async () => {
	scene = await openScene();
}, 120_000);
afterAll(() => scene.close());

/** Workers are let in by their secret alone, whoever's cookies they bring. */
const BY_SECRET = /^\/worker /;

describe('the policy of socket messages', () => {
	it('names every message there is, and none that is not', () => {
		const all = messages();
		expect(all.filter((each) => !Object.hasOwn(MESSAGES, each))).toEqual([]);
		expect(Object.keys(MESSAGES).filter((each) => !all.includes(each))).toEqual([]);
	});

	it('is what happens', async () => {
		const happened: Record<string, string> = {};
		for (const message of messages()) {
			const stage = await scene.stage();
			const { own, side, foreign } = stage.places;
			const rows: string[] = [];
			for (const place of BY_SECRET.test(message) ? [own] : [own, side, foreign]) {
				let letters = '';
				for (const role of ROLES)
					letters += await socketOutcome(scene.url, message, place, await stage.cookie(role));
				rows.push(letters);
			}
			happened[message] = rows.join(' ');
		}
		expect(happened).toEqual(MESSAGES);
	}, 120_000);
});
