import type { EventId } from '#lib/domain/ids.ts';
import { csvLines } from '#lib/domain/csv.ts';
import {
	isAuditAction,
	type AuditFilter,
	type AuditReader,
	type AuditRow
} from './audit-reader.ts';

/** What the address of an audit page asks for; anything odd in it is left out. */
export function auditFilter(url: URL, event: EventId | null): AuditFilter {
	const query = url.searchParams;
	const action = query.get('action') ?? '';
	return {
		event,
		search: (query.get('q') ?? '').slice(0, 100),
		action: isAuditAction(action) ? action : null,
		since: dayAt(query.get('since'), 0),
		until: dayAt(query.get('until'), 1)
	};
}

/** Id of the entry to read on from. */
export function auditBefore(url: URL): number | null {
	const before = Number(url.searchParams.get('before') ?? '');
	return Number.isSafeInteger(before) && before > 0 ? before : null;
}

const DAY_MS = 24 * 3_600_000;

/** Midnight UTC of a day such as 2026-11-24, or of the one after. */
function dayAt(text: string | null, daysLater: number): Date | null {
	if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
	const at = Date.parse(`${text}T00:00:00Z`);
	return Number.isNaN(at) ? null : new Date(at + daysLater * DAY_MS);
}

const EXPORT_PAGE_ROWS = 500;
const EXPORT_MAX_ROWS = 50_000;
const COLUMNS = ['at', 'actor', 'kind', 'action', 'event', 'target', 'address', 'details'];

/** The matching entries as CSV, newest first, read page by page so that a long log is never in memory whole. */
export function auditCsv(reader: AuditReader, filter: AuditFilter): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let before: number | null = null;
	let sent = -1;
	return new ReadableStream({
		async pull(controller) {
			if (sent === -1) {
				// A byte order mark, or spreadsheets take UTF-8 for something else.
				controller.enqueue(encoder.encode(`\uFEFF${csvLines([COLUMNS])}`));
				sent = 0;
				return;
			}
			const { rows, older } = await reader.page(filter, before, EXPORT_PAGE_ROWS);
			controller.enqueue(encoder.encode(csvLines(rows.map(columnsOf))));
			sent += rows.length;
			before = older;
			if (older === null || sent >= EXPORT_MAX_ROWS) controller.close();
		}
	});
}

function columnsOf(row: AuditRow): string[] {
	return [
		row.at.toISOString(),
		row.actorName,
		row.actorKind,
		row.action,
		row.event ?? '',
		row.target,
		row.address ?? '',
		JSON.stringify(row.details)
	];
}

export function csvAnswer(body: ReadableStream<Uint8Array>, name: string): Response {
	return new Response(body, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${name}.csv"`,
			'cache-control': 'private, no-store'
		}
	});
}
