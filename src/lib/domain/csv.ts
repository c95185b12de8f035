/**
 * Lines of comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula gets an
 * apostrophe in front, so that a name like `=HYPERLINK(…)` stays a name (OWASP, CSV injection).
 */
export function csvLines(rows: readonly (readonly string[])[]): string {
	return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const STARTS_FORMULA = '=+-@＝＋－＠';

/** Also behind spaces and control characters, which spreadsheets drop. */
function looksLikeFormula(text: string): boolean {
	const first = [...text].find((character) => character > ' ') ?? '';
	return (first !== '' && STARTS_FORMULA.includes(first)) || '\t\r\n'.includes(text[0] ?? ' ');
}

function cell(text: string): string {
	const safe = looksLikeFormula(text) ? `'${text}` : text;
	return `"${safe.replaceAll('"', '""')}"`;
}
