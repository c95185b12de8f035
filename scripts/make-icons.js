// Draws the PNG icons from the SVG ones with Chromium. Run it by hand after changing an SVG; the PNGs are committed.
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const FOLDER = new URL('../static/icons/', import.meta.url);
const WANTED = [
	['icon.svg', 192, 'icon-192.png'],
	['icon.svg', 512, 'icon-512.png'],
	['icon-maskable.svg', 192, 'icon-maskable-192.png'],
	['icon-maskable.svg', 512, 'icon-maskable-512.png'],
	// iOS rounds the corners itself and shows transparency as black.
	['icon-maskable.svg', 180, 'apple-touch-icon.png']
];

const browser = await chromium.launch({
	executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
	args: ['--no-sandbox']
});
const page = await browser.newPage();
for (const [from, size, to] of WANTED) {
	const svg = readFileSync(new URL(String(from), FOLDER), 'utf8');
	await page.setViewportSize({ width: Number(size), height: Number(size) });
	await page.setContent(
		`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`
	);
	await page.screenshot({ path: new URL(String(to), FOLDER).pathname, omitBackground: true });
}
await browser.close();
