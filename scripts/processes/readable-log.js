const LEVELS = new Map([
	[10, 'trace'],
	[20, 'debug'],
	[30, 'info'],
	[40, 'warn'],
	[50, 'error'],
	[60, 'fatal']
]);
/** Said by the line's place already, or of no use to a reader at a terminal. */
const NOT_SHOWN = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'service', 'process', 'v']);

/**
 * A line of a part's output as it should be shown: short text for a person at a terminal; elsewhere the JSON
 * it was, with the name of the part in it, for programs that collect logs.
 *
 * @param {string} part name of the process
 * @param {string} line
 * @param {{ readable: boolean }} how
 */
export function showLine(part, line, { readable }) {
	const record = parseRecord(line);
	const label = part.padEnd(7);
	if (record === null) return readable ? `         ${label} ${line}` : `${part}: ${line}`;
	if (!readable) return JSON.stringify({ process: part, ...record });
	const written = record['time'];
	const time = new Date(typeof written === 'number' ? written : String(written));
	const level = LEVELS.get(Number(record['level'])) ?? '';
	const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
	const details = Object.entries(record)
		.filter(([key]) => !NOT_SHOWN.has(key))
		.map(([key, value]) => {
			if (key !== 'err') return ` ${key}=${textOf(value)}`;
			// A stack is for bugs; what a warning is about says its sentence.
			return level === 'error' || level === 'fatal' ? stackOf(value) : `: ${messageOf(value)}`;
		});
	return `${time.toTimeString().slice(0, 8)} ${label} ${mark}${textOf(record['msg'] ?? '')}${details.join('')}`;
}

/**
 * @param {string} line
 * @returns {Record<string, unknown> | null} null when it is not a line of a structured log
 */
export function parseRecord(line) {
	if (!line.startsWith('{')) return null;
	try {
		const record = JSON.parse(line);
		return typeof record === 'object' && record !== null && 'msg' in record ? record : null;
	} catch {
		return null;
	}
}

/** @param {unknown} error as pino writes it */
function messageOf(error) {
	return typeof error === 'object' && error !== null && 'message' in error
		? textOf(error.message)
		: textOf(error);
}

/** @param {unknown} error as pino writes it */
function stackOf(error) {
	const stack =
		typeof error === 'object' && error !== null && 'stack' in error ? error.stack : error;
	return `\n${textOf(stack).replace(/^/gm, '                 ')}`;
}

/** @param {unknown} value */
function textOf(value) {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
