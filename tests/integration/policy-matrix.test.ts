import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, ROLES, SCOPES, type AskedScope, type Scene } from '../support/policy/place.ts';
import { outcome, reachables, type Reachable } from '../support/policy/routes.ts';
import { FORMS } from '../support/policy/forms.ts';
import { POLICY } from '../support/policy/table.ts';

/**
 * Every route, form action and REST call there is, called for real by every role at their own place, beside it
 * and in another event. What should come of it stands in tests/support/policy/table.ts, written by hand.
 */

let scene: Scene;
let all: Reachable[];

beforeAll(async () => {
	scene = await openScene();
	all = await reachables();
}, 120_000);
afterAll(() => scene.close());

/** The scopes in which the answer can differ: beside one's own place only where an address or form names a room. */
function scopesOf({ path, key }: Reachable): AskedScope[] {
	if (!/\[(event|slug)\]/.test(path)) return ['own'];
	const hasForm = Object.hasOwn(FORMS, key);
	const hasRoom = hasForm || /\[room\]|\[lang\]|\[channel\]/.test(path);
	return SCOPES.filter((scope) => {
		if (scope === 'smuggled') return hasForm;
		return scope !== 'side' || hasRoom;
	});
}

async function actual(each: Reachable): Promise<string> {
	const row = new Map<AskedScope, string>();
	const stage = await scene.stage();
	// The place where most is allowed comes last: what is done there may end what others have.
	for (const scope of scopesOf(each).reverse()) {
		const { own, side, foreign } = stage.places;
		const addressed = { own, side, foreign, smuggled: own }[scope];
		const named = { own, side, foreign, smuggled: foreign }[scope];
		let letters = '';
		for (const role of ROLES) {
			const form = (await FORMS[each.key]?.(named, scene.app)) ?? {};
			letters += await outcome(scene, each, addressed, await stage.cookie(role), form);
		}
		row.set(scope, letters);
	}
	return [...row.values()].reverse().join(' ');
}

describe('the policy table', () => {
	it('names every route, form action and REST call there is, and none that is not', () => {
		const keys = all.map(({ key }) => key);
		expect(keys.filter((key) => !Object.hasOwn(POLICY, key))).toEqual([]);
		expect(Object.keys(POLICY).filter((key) => !keys.includes(key))).toEqual([]);
	});

	it('is what happens', async () => {
		const happened: Record<string, string> = {};
		for (const each of all) happened[each.key] = await actual(each);
		expect(happened).toEqual(POLICY);
	}, 120_000);
});
