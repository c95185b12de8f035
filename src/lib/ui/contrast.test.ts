import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

// The numbers the look promises, computed from the tokens as they stand in app.css.

type Theme = Record<string, readonly [number, number, number]>;

const css = readFileSync(new URL('../../app.css', import.meta.url), 'utf8');
const [lightBlock = '', darkBlock = ''] = css.split('@variant dark-page {');

function tokens(block: string): Theme {
	const found = block.matchAll(/--([a-z-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g);
	return Object.fromEntries(
		[...found].map(([, name, l, c, h]) => [name, [Number(l), Number(c), Number(h)]])
	);
}

const light = tokens(lightBlock);
const dark = { ...light, ...tokens(darkBlock.slice(0, darkBlock.indexOf('@theme'))) };

/** WCAG relative luminance of an OKLCH colour (CSS Color 4, Oklab to linear sRGB, clipped). */
function luminance([l, c, h]: readonly [number, number, number]): number {
	const a = c * Math.cos((h * Math.PI) / 180);
	const b = c * Math.sin((h * Math.PI) / 180);
	const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const clip = (x: number) => Math.min(1, Math.max(0, x));
	return (
		0.2126 * clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short) +
		0.7152 * clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short) +
		0.0722 * clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short)
	);
}

function contrast(theme: Theme, front: string, back: string): number {
	const [f, b] = [theme[front], theme[back]];
	if (!f || !b) throw new Error(`no token ${front} or ${back}`);
	const [hi, lo] = [luminance(f), luminance(b)].sort((x, y) => y - x) as [number, number];
	return (hi + 0.05) / (lo + 0.05);
}

const GROUNDS = ['canvas', 'surface', 'sunken'];

describe.each([
	['light', light],
	['dark', dark]
])('%s', (_, theme) => {
	test.each([
		['on-on-air', 'on-air'],
		['on-standby', 'standby'],
		['on-ready', 'ready'],
		['on-air-ink', 'surface'],
		['standby-ink', 'surface'],
		['ready-ink', 'surface']
	])('%s on %s is readable at a glance (7:1)', (front, back) => {
		expect(contrast(theme, front, back)).toBeGreaterThanOrEqual(7);
	});

	test.each([
		...['ink', 'soft', 'accent'].flatMap((front) => GROUNDS.map((back) => [front, back] as const)),
		['on-accent', 'accent'],
		['ink', 'accent-wash'],
		['accent', 'accent-wash'],
		['canvas', 'ink']
	] as const)('%s on %s is text (4.5:1)', (front, back) => {
		expect(contrast(theme, front, back)).toBeGreaterThanOrEqual(4.5);
	});

	test.each(GROUNDS)('line-strong on %s is a border that can be seen (3:1)', (back) => {
		expect(contrast(theme, 'line-strong', back)).toBeGreaterThanOrEqual(3);
	});
});
