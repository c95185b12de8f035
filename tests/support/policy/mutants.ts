import { relative } from 'node:path';
import ts from 'typescript';
import type { Plugin } from 'vite';

/**
 * Answers each question about rights with yes, one at a time, to see that the policy table notices. Only when
 * `MUTATE=1` is set: `MUTATE=1 npx vitest run --project integration tests/integration/policy-matrix.test.ts`
 */
const QUESTIONS = ['can', 'canSomewhereIn', 'mayGrant', 'mayListen', 'boothRole'];

/** Shared between the changed sources and the test, in one process. */
export type Mutants = {
	/** The question that is answered with yes now. */
	on: string | null;
	/** Questions asked since this was emptied. */
	readonly asked: Set<string>;
	/** Every question in the sources that were loaded. */
	readonly all: Set<string>;
	ask(site: string, name: string, really: () => unknown): unknown;
};

export function mutants(): Mutants {
	const known = Reflect.get(globalThis, KEY) as Mutants | undefined;
	if (known) return known;
	const made: Mutants = {
		on: null,
		asked: new Set(),
		all: new Set(),
		ask(site, name, really) {
			made.asked.add(site);
			if (made.on !== site) return really();
			return name === 'boothRole' ? 'interpreter' : true;
		}
	};
	Reflect.set(globalThis, KEY, made);
	return made;
}

const KEY = Symbol.for('voxbento.mutants');

/** Wraps every question outside the policy itself; nothing without `MUTATE`. */
export function mutantPlugin(): Plugin[] {
	if (!process.env['MUTATE']) return [];
	return [
		{
			name: 'mutants',
			enforce: 'pre',
			transform(code, id) {
				const file = relative(process.cwd(), id.split('?')[0] ?? id);
				if (!/^src\/.*\.ts$/.test(file) || /paraglide|lib\/domain|\.test\.ts$/.test(file))
					return null;
				return wrapped(code, file);
			}
		}
	];
}

function wrapped(code: string, file: string): string | null {
	const source = ts.createSourceFile(file, code, ts.ScriptTarget.ESNext, true);
	const calls: ts.CallExpression[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
			if (QUESTIONS.includes(node.expression.text)) calls.push(node);
		ts.forEachChild(node, visit);
	};
	visit(source);
	if (calls.length === 0) return null;
	let text = code;
	const sites: string[] = [];
	for (const call of calls.reverse()) {
		const line = source.getLineAndCharacterOfPosition(call.getStart()).line + 1;
		const name = call.expression.getText();
		const site = `${file}:${line} ${call.getText().replace(/\s+/g, ' ')}`;
		sites.push(site);
		const asked = `globalThis[Symbol.for('voxbento.mutants')]?.ask(${JSON.stringify(site)}, '${name}', () => ${call.getText()})`;
		text = text.slice(0, call.getStart()) + asked + text.slice(call.getEnd());
	}
	return `for (const site of ${JSON.stringify(sites)}) globalThis[Symbol.for('voxbento.mutants')]?.all.add(site);\n${text}`;
}
