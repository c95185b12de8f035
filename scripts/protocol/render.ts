import { z } from 'zod';
import type { Declared, Endpoint, ProtocolFile, Refused, SocketEvent } from './read.ts';

export type Chapter = {
	readonly title: string;
	readonly file: ProtocolFile;
	/** The values behind the file's schemas. */
	readonly schemas: Readonly<Record<string, unknown>>;
};

/** A chapter of the document: events first, since they are what one looks up, then the shapes in them. */
export function renderChapter({ title, file, schemas }: Chapter): string {
	const parts = [`## ${title}`, file.doc];
	const events = file.declared.filter((one) => one.kind === 'events');
	for (const one of events) parts.push(renderEvents(one));
	for (const one of file.declared) if (one.kind !== 'events') parts.push(renderShape(one, schemas));
	return parts.filter((part) => part !== '').join('\n\n');
}

function renderEvents({ name, doc, events }: Extract<Declared, { kind: 'events' }>): string {
	const hasAnswers = events.some(({ answer }) => answer !== null);
	const head = hasAnswers
		? ['| Event | Input | Answer | |', '| --- | --- | --- | --- |']
		: ['| Event | Payload | |', '| --- | --- | --- |'];
	const row = (event: SocketEvent): string => {
		const cells = [`\`${event.name}\``, typeCell(event.payload)];
		if (hasAnswers) cells.push(event.answer === null ? 'none' : typeCell(event.answer));
		return `| ${[...cells, cell(event.doc)].join(' | ')} |`;
	};
	return [`### ${name}`, ...(doc ? ['', doc] : []), '', ...head, ...events.map(row)].join('\n');
}

function renderShape(
	one: Exclude<Declared, { kind: 'events' }>,
	schemas: Chapter['schemas']
): string {
	const head = `### ${one.name}${one.doc ? `\n\n${one.doc}` : ''}`;
	switch (one.kind) {
		case 'type':
			return `${head}\n\n\`\`\`ts\n${one.text}\n\`\`\``;
		case 'constant':
			return `${head}\n\n\`${one.text.replace(/ as const$/, '')}\``;
		case 'schema': {
			const schema = schemas[one.name];
			return schema instanceof z.ZodType ? `${head}\n\n${renderSchema(schema)}` : '';
		}
	}
}

type Json = {
	type?: string | string[];
	properties?: Record<string, Json>;
	required?: string[];
	anyOf?: Json[];
	oneOf?: Json[];
	items?: Json;
	const?: unknown;
	enum?: unknown[];
	maxLength?: number;
	minLength?: number;
	maximum?: number;
	minimum?: number;
	exclusiveMinimum?: number;
	maxItems?: number;
	pattern?: string;
	format?: string;
	default?: unknown;
};

function renderSchema(schema: z.ZodType): string {
	const json: Json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
	const members = json.anyOf ?? json.oneOf;
	if (members && members.every((member) => member.properties))
		return members.map((member) => fields(member)).join('\n\nor\n\n');
	return json.properties ? fields(json) : `\`${shape(json)}\`${limits(json)}`;
}

function fields({ properties = {}, required = [] }: Json): string {
	const rows = Object.entries(properties).map(([name, field]) => {
		const optional = required.includes(name) ? '' : '?';
		return `| \`${name}${optional}\` | ${cell(`\`${shape(field)}\`${limits(field)}`)} |`;
	});
	return rows.length === 0
		? 'No fields.'
		: ['| Field | Type |', '| --- | --- |', ...rows].join('\n');
}

/** A JSON schema as the TypeScript type a reader would write. */
function shape(json: Json): string {
	const members = json.anyOf ?? json.oneOf;
	if (members) return members.map(shape).join(' | ');
	if (json.const !== undefined) return JSON.stringify(json.const);
	if (json.enum) return json.enum.map((value) => JSON.stringify(value)).join(' | ');
	if (json.type === 'array') return `(${json.items ? shape(json.items) : 'unknown'})[]`;
	if (json.properties) {
		const inner = Object.entries(json.properties).map(
			([name, field]) => `${name}${json.required?.includes(name) ? '' : '?'}: ${shape(field)}`
		);
		return `{ ${inner.join(', ')} }`;
	}
	return typeof json.type === 'string' ? json.type : 'unknown';
}

function limits(json: Json): string {
	const inner = json.anyOf?.find((member) => member.type !== 'null') ?? json;
	// A bound at the edge of what a number can hold says nothing.
	const bound = (value: number | undefined) =>
		value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
	const said = [
		inner.minLength === 1 && 'not empty',
		inner.minLength && inner.minLength > 1 && `at least ${inner.minLength} characters`,
		inner.maxLength !== undefined && `at most ${inner.maxLength} characters`,
		bound(inner.minimum) !== undefined && `from ${inner.minimum}`,
		bound(inner.exclusiveMinimum) !== undefined && `above ${inner.exclusiveMinimum}`,
		bound(inner.maximum) !== undefined && `to ${inner.maximum}`,
		inner.maxItems !== undefined && `at most ${inner.maxItems}`,
		inner.format,
		json.default !== undefined && `default ${JSON.stringify(json.default)}`
	].filter((one) => one);
	return said.length === 0 ? '' : `, ${said.join(', ')}`;
}

export function renderEndpoints(endpoints: readonly Endpoint[]): string {
	const rows = endpoints
		.toSorted((a, b) => (a.address < b.address ? -1 : 1))
		.map(({ method, address, doc }) => `| ${method} | \`${address}\` | ${cell(doc)} |`);
	return ['### Endpoints', '', '| | Address | |', '| --- | --- | --- |', ...rows].join('\n');
}

export function renderRefusals(refusals: readonly Refused[]): string {
	const rows = refusals
		.toSorted((a, b) => (a.code < b.code ? -1 : 1))
		.map(({ code, message }) => `| \`${code}\` | ${cell(message)} |`);
	return ['| Code | Says |', '| --- | --- |', ...rows].join('\n');
}

function typeCell(type: string): string {
	const schema = /^z\.(?:input|infer)<typeof (\w+)>$/.exec(type.trim());
	const text = schema?.[1] ?? type.replace(/\s+/g, ' ').trim();
	return text === '' || text === 'null' ? '–' : `\`${cell(text)}\``;
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|');
}
