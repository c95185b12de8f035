import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, ROLES, SCOPES, type AskedScope, type Scene } from '../support/policy/place.ts';
import { mutants } from '../support/policy/mutants.ts';
import { outcome, reachables, type Outcome, type Reachable } from '../support/policy/routes.ts';
import { FORMS } from '../support/policy/forms.ts';
import { POLICY } from '../support/policy/table.ts';

/**
 * Every route, form action and REST call there is, called for real by every role at their own place, beside it
 * and in another event. What should come of it stands in tests/support/policy/table.ts, written by hand.
 */

let scene: Scene;
let all: Reachable[];

beforeAll(async () => {
	mutants();
	scene = await openScene();
	all = await reachables();
}, 120_000);
afterAll(() => scene.close());

/** The scopes in which the answer can differ: beside one's own place only where an address or form names a room. */
function scopesOf({ path, key }: Reachable): AskedScope[] {
	const hasForm = Object.hasOwn(FORMS, key);
	if (!/\[(event|slug)\]/.test(path)) return hasForm ? ['own', 'foreign'] : ['own'];
	const hasRoom =
		hasForm || /\[room\]|\[lang\]|\[channel\]|(export|transcripts?|captions)$/.test(path);
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
		const outcomes: Outcome[] = [];
		for (const role of ROLES) {
			const form = (await FORMS[each.key]?.(named, scene.app)) ?? {};
			outcomes.push(await outcome(scene, each, addressed, await stage.cookie(role), form));
		}
		row.set(scope, lettersOf(outcomes));
	}
	return [...row.values()].reverse().join(' ');
}

/** Those who are shown the same of a page have the same digit, from 0 for the first. */
function lettersOf(outcomes: readonly Outcome[]): string {
	const kinds: string[] = [];
	return outcomes
		.map(({ letter, shown }) => {
			if (letter !== '+' || shown === null) return letter;
			if (!kinds.includes(shown)) kinds.push(shown);
			return String(kinds.indexOf(shown));
		})
		.join('');
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
		if (process.env['POLICY_PRINT']) console.log(JSON.stringify(happened));
		expect(happened).toEqual(POLICY);
	}, 120_000);
});

describe.runIf(process.env['MUTATE'])('each question about rights', () => {
	it('is missed in the table when it is always answered with yes', async () => {
		const { asked, all: sites } = mutants();
		const askedBy = new Map<string, Reachable[]>();
		for (const each of all) {
			asked.clear();
			await actual(each);
			for (const site of asked) askedBy.set(site, [...(askedBy.get(site) ?? []), each]);
		}
		const survivors: string[] = [];
		for (const site of [...sites].sort()) {
			mutants().on = site;
			if (!(await isNoticed(askedBy.get(site) ?? [])))
				survivors.push(`${askedBy.has(site) ? 'unnoticed' : 'never asked'}: ${site}`);
			mutants().on = null;
		}
		console.log(`${sites.size} questions, ${survivors.length} unnoticed\n${survivors.join('\n')}`);
		expect(sites.size).toBeGreaterThan(20);
	}, 1_800_000);

	async function isNoticed(where: readonly Reachable[]): Promise<boolean> {
		for (const each of where) {
			// A fault further on is noticed too: the table has no letter for it.
			const happened = await actual(each).catch(() => 'fault');
			if (happened !== POLICY[each.key]) return true;
		}
		return false;
	}
});
