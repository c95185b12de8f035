import { expect, test } from 'vitest';
import { showLine } from './readable-log.js';

const noon = new Date(2026, 10, 24, 12, 0, 5);
const record = {
	level: 30,
	time: noon.getTime(),
	service: 'portal',
	msg: 'portal ready',
	port: 8000
};

test('a person reads time, process and what happened', () => {
	expect(showLine('portal', JSON.stringify(record), { readable: true })).toBe(
		'12:00:05 portal  portal ready port=8000'
	);
	const warning = { ...record, level: 40, time: noon.toISOString(), port: undefined };
	expect(showLine('media', JSON.stringify(warning), { readable: true })).toBe(
		'12:00:05 media   WARN portal ready'
	);
});

test('an error keeps its stack, indented; a warning gives the sentence alone', () => {
	const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here' };
	const show = (level: number) =>
		showLine('portal', JSON.stringify({ ...record, level, err }), { readable: true });
	expect(show(50)).toContain('portal ready port=8000\n                 Error: no\n');
	expect(show(40)).toMatch(/WARN portal ready port=8000: no$/);
});

test('a program reads JSON with the process in it', () => {
	expect(JSON.parse(showLine('portal', JSON.stringify(record), { readable: false }))).toEqual({
		process: 'portal',
		...record
	});
});

test('what is no structured log is passed on as it is', () => {
	expect(showLine('media', 'listening', { readable: false })).toBe('media: listening');
	expect(showLine('media', '{broken', { readable: true })).toBe('         media   {broken');
});
