import { readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One thing that crosses a process border, as it stands in the sources. */
export type Declared =
	| { readonly kind: 'type'; readonly name: string; readonly doc: string; readonly text: string }
	| { readonly kind: 'schema'; readonly name: string; readonly doc: string }
	| {
			readonly kind: 'constant';
			readonly name: string;
			readonly doc: string;
			readonly text: string;
	  }
	| {
			readonly kind: 'events';
			readonly name: string;
			readonly doc: string;
			readonly events: readonly SocketEvent[];
	  };

export type SocketEvent = {
	readonly name: string;
	readonly doc: string;
	/** As written: a type, or `z.input<typeof schema>`. */
	readonly payload: string;
	/** What the acknowledgement carries, or null when there is none. */
	readonly answer: string | null;
};

export type ProtocolFile = {
	/** Introduction: the first comment of the file that stands alone. */
	readonly doc: string;
	readonly declared: readonly Declared[];
};

export type Endpoint = { readonly method: string; readonly address: string; readonly doc: string };

export type Refused = { readonly code: string; readonly message: string };

/** Everything a file exports that is a type, an event map, a schema or a constant, in its order. */
export function readProtocolFile(file: string): ProtocolFile {
	const source = parse(file);
	return {
		doc: introduction(source),
		declared: source.statements.flatMap((statement) => declaredIn(statement, source))
	};
}

/** The REST endpoints: every method a `+server.ts` exports, with the comment above it. */
export function readEndpoints(routes: string): Endpoint[] {
	return sourcesBelow(routes)
		.filter((file) => path.basename(file) === '+server.ts')
		.flatMap((file) => {
			const source = parse(file);
			const address = addressOf(path.relative(routes, path.dirname(file)));
			return source.statements
				.filter((statement) => ts.isVariableStatement(statement) && isExported(statement))
				.flatMap((statement) => {
					const doc = docOf(statement);
					const { declarations } = (statement as ts.VariableStatement).declarationList;
					return declarations.map((one) => ({ method: one.name.getText(source), address, doc }));
				});
		});
}

/** A folder of routes as the address it answers: groups leave no trace, `[x+2e]` is a character by its number. */
function addressOf(folder: string): string {
	const parts = folder.split(path.sep).filter((part) => !/^\(.*\)$/.test(part));
	const decoded = parts.map((part) =>
		part
			.replace(/\[x\+([0-9a-f]{2})\]/g, (_, code: string) =>
				String.fromCharCode(parseInt(code, 16))
			)
			.replace(/\[(?:\.\.\.)?([^\]=]+)(?:=[^\]]*)?\]/g, '{$1}')
	);
	return `/${decoded.join('/')}`;
}

/**
 * Every refusal below the folders that is written out, as `refuse('code', 'message')` or in a table called
 * MESSAGES; the first message of a code counts.
 */
export function readRefusals(folders: readonly string[]): Refused[] {
	const found = new Map<string, string>();
	const add = (code: string, message: string): void => {
		if (!found.get(code)) found.set(code, message);
	};
	for (const file of folders.flatMap(sourcesBelow)) {
		const source = parse(file);
		const visit = (node: ts.Node): void => {
			if (ts.isCallExpression(node) && node.expression.getText(source) === 'refuse') {
				const [code, message] = node.arguments;
				if (code && ts.isStringLiteralLike(code))
					add(code.text, message ? words(message, source) : '');
			}
			if (ts.isVariableDeclaration(node) && node.name.getText(source) === 'MESSAGES')
				for (const [code, message] of entriesOf(node, source)) add(code, message);
			ts.forEachChild(node, visit);
		};
		visit(source);
	}
	return [...found].map(([code, message]) => ({ code, message }));
}

function entriesOf(table: ts.VariableDeclaration, source: ts.SourceFile): [string, string][] {
	const value = table.initializer;
	const object = value && ts.isAsExpression(value) ? value.expression : value;
	if (!object || !ts.isObjectLiteralExpression(object)) return [];
	return object.properties
		.filter(ts.isPropertyAssignment)
		.map(({ name, initializer }) => [name.getText(source), words(initializer, source)]);
}

/** A message as people see it; what is filled in at run time is an ellipsis. */
function words(message: ts.Expression, source: ts.SourceFile): string {
	if (ts.isStringLiteralLike(message)) return message.text;
	if (!ts.isTemplateExpression(message)) return '';
	const spans = message.templateSpans.map((span) => `…${span.literal.text}`);
	return message.head.getText(source).slice(1, -2) + spans.join('');
}

function declaredIn(statement: ts.Statement, source: ts.SourceFile): Declared[] {
	if (!isExported(statement)) return [];
	const doc = docOf(statement);
	if (ts.isTypeAliasDeclaration(statement)) {
		const text = statement.getText(source).replace(/^export /, '');
		const isSchemaType = /^type \w+ = z\.infer<typeof \w+>;$/.test(text);
		return isSchemaType ? [] : [{ kind: 'type', name: statement.name.text, doc, text }];
	}
	if (ts.isInterfaceDeclaration(statement)) {
		const events = statement.members.flatMap((member) => eventOf(member, source));
		return [{ kind: 'events', name: statement.name.text, doc, events }];
	}
	if (!ts.isVariableStatement(statement)) return [];
	return statement.declarationList.declarations.map((declaration): Declared => {
		const name = declaration.name.getText(source);
		const text = declaration.initializer?.getText(source) ?? '';
		// Schemas are in camelCase, constants in capitals.
		return /^[A-Z]/.test(name)
			? { kind: 'constant', name, doc, text }
			: { kind: 'schema', name, doc };
	});
}

function eventOf(member: ts.TypeElement, source: ts.SourceFile): SocketEvent[] {
	if (!ts.isPropertySignature(member) || !member.type || !ts.isFunctionTypeNode(member.type))
		return [];
	const name = member.name.getText(source).replace(/^'|'$/g, '');
	const { parameters } = member.type;
	const ack = parameters.find((one) => one.name.getText(source) === 'ack');
	const payload = parameters.find((one) => one !== ack)?.type;
	const answer = ack && /Answer(?:<([\s\S]*)>)?\) => void$/.exec(ack.getText(source));
	return [
		{
			name,
			doc: docOf(member),
			payload: payload && payload.getText(source) !== 'object' ? payload.getText(source) : '',
			answer: answer ? (answer[1] ?? 'null') : null
		}
	];
}

function isExported(statement: ts.Statement): boolean {
	const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
	return modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function docOf(node: ts.Node): string {
	const source = node.getSourceFile();
	const comments = ts
		.getJSDocCommentsAndTags(node)
		.filter(ts.isJSDoc)
		// One with an empty line below it speaks of the file and not of what follows.
		.filter((comment) => !/^\n\s*\n/.test(source.text.slice(comment.end)));
	return flow(comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '').join(' '));
}

/** The first JSDoc comment of the file with an empty line after it: it belongs to no declaration. */
function introduction(source: ts.SourceFile): string {
	const match = /^\/\*\*([\s\S]*?)\*\/\n\n/m.exec(source.text);
	return match?.[1] === undefined ? '' : flow(match[1].replace(/^\s*\* ?/gm, ''));
}

function flow(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

function parse(file: string): ts.SourceFile {
	const text = ts.sys.readFile(file) ?? '';
	return ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
}

function sourcesBelow(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter(
			(entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name)
		)
		.map((entry) => path.join(entry.parentPath, entry.name))
		.sort();
}
