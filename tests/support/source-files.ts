import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

export type Import = {
	/** A path from the project root for our own files, else the package's name as it is imported. */
	readonly target: string;
	readonly ours: boolean;
	/** Gone after compilation. */
	readonly typeOnly: boolean;
};

export type SourceFile = {
	/** From the project root, with slashes. */
	readonly path: string;
	readonly lines: number;
	readonly imports: readonly Import[];
	/** Every name and keyword of the code, comments and strings left out, member access joined: `Math.random`. */
	readonly words: ReadonlySet<string>;
};

const SOURCE = /\.(ts|js|svelte)$/;

/** Reads every source file below the folders, generated ones left out. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
	return folders
		.flatMap((folder) =>
			readdirSync(folder, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile() && SOURCE.test(entry.name))
				.map((entry) => posix.join(entry.parentPath.replaceAll('\\', '/'), entry.name))
		)
		.filter((path) => !path.startsWith('src/lib/paraglide/'))
		.map(readSource);
}

function readSource(path: string): SourceFile {
	const text = readFileSync(path, 'utf8');
	const file = ts.createSourceFile(path, path.endsWith('.svelte') ? scriptsOf(text) : text, {
		languageVersion: ts.ScriptTarget.ESNext
	});
	const imports: Import[] = [];
	const words = new Set<string>();
	const visit = (node: ts.Node): void => {
		const from = importedBy(node);
		if (from) imports.push({ ...resolve(path, from.specifier), typeOnly: from.typeOnly });
		if (ts.isPropertyAccessExpression(node)) words.add(node.getText(file).replace(/\s/g, ''));
		if (ts.isIdentifier(node)) words.add(node.text);
		else if (node.kind === ts.SyntaxKind.AnyKeyword) words.add(': any');
		else if (ts.isToken(node)) words.add(ts.tokenToString(node.kind) ?? '');
		else if (ts.isEnumDeclaration(node)) words.add('enum {}');
		else if (ts.isNonNullExpression(node)) words.add('x!');
		ts.forEachChild(node, visit);
	};
	visit(file);
	return { path, lines: text.split('\n').length - 1, imports, words };
}

/** The script blocks of a component, one after the other. */
function scriptsOf(component: string): string {
	const blocks = component.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g);
	return [...blocks].map(([, code]) => code).join('\n');
}

function importedBy(node: ts.Node): { specifier: string; typeOnly: boolean } | null {
	if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
		return { specifier: node.moduleSpecifier.text, typeOnly: isTypeOnly(node.importClause) };
	if (
		ts.isExportDeclaration(node) &&
		node.moduleSpecifier &&
		ts.isStringLiteral(node.moduleSpecifier)
	)
		return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly };
	if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
		const [argument] = node.arguments;
		if (argument && ts.isStringLiteral(argument))
			return { specifier: argument.text, typeOnly: false };
	}
	if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
		const { literal } = node.argument;
		if (ts.isStringLiteral(literal)) return { specifier: literal.text, typeOnly: true };
	}
	return null;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
	if (!clause) return false;
	if (clause.isTypeOnly) return true;
	const named = clause.namedBindings;
	return (
		clause.name === undefined &&
		named !== undefined &&
		ts.isNamedImports(named) &&
		named.elements.length > 0 &&
		named.elements.every((element) => element.isTypeOnly)
	);
}

function resolve(from: string, specifier: string): { target: string; ours: boolean } {
	if (specifier.startsWith('#lib/'))
		return { target: specifier.replace('#lib/', 'src/lib/'), ours: true };
	if (specifier.startsWith('.'))
		return { target: posix.join(posix.dirname(from), specifier), ours: true };
	const [first = '', second = ''] = specifier.split('/');
	return { target: first.startsWith('@') ? `${first}/${second}` : first, ours: false };
}
