import { readdirSync, readFileSync } from 'node:fs';

/**
 * What the service worker keeps: the code of the listener's pages and the shell, and nothing of the booths and
 * the organiser, which would cost a phone in a hall ten times the data.
 */
const OUTPUT = '.svelte-kit/output/client';
const NODES = '.svelte-kit/generated/client-optimized/nodes';
/** Kit's own layout and error page, and the pages of the (listen) group; `/` is the start of the installed app. */
const KEPT = /routes\/(\+layout|\+error|\+page|\(listen\)\/.*)\.(svelte|ts)"/;

const PAGE = /client-optimized\/(nodes|matchers)/;

type ManifestChunk = {
	file: string;
	imports?: string[];
	dynamicImports?: string[];
	css?: string[];
};

/** Paths below the client output of everything the kept pages load, found in Vite's manifest. */
export function listenerAssets(): Set<string> {
	const manifest = JSON.parse(readFileSync(`${OUTPUT}/.vite/manifest.json`, 'utf8')) as Record<
		string,
		ManifestChunk
	>;
	const nodes = readdirSync(NODES).filter((file) =>
		KEPT.test(readFileSync(`${NODES}/${file}`, 'utf8'))
	);
	const entries = Object.keys(manifest).filter(
		(key) =>
			/client\/entry\.js$|client-optimized\/app\.js$/.test(key) ||
			nodes.some((node) => key.endsWith(`client-optimized/nodes/${node}`))
	);
	if (nodes.length < 4 || entries.length < nodes.length + 2)
		throw new Error(
			`The listener's pages are not where this Kit puts them: ${nodes.length} nodes, ${entries.length} entries.`
		);
	const kept = new Set<string>();
	const seen = new Set<string>();
	const visit = (key: string): void => {
		const chunk = manifest[key];
		if (!chunk || seen.has(key)) return;
		seen.add(key);
		kept.add(chunk.file);
		for (const css of chunk.css ?? []) kept.add(css);
		for (const next of chunk.imports ?? []) visit(next);
		// What a page fetches when it is needed is needed without a network too; other pages are not.
		for (const next of chunk.dynamicImports ?? []) if (!PAGE.test(next)) visit(next);
	};
	for (const entry of entries) visit(entry);
	return kept;
}

/** Workbox's manifest transform: of the code only what is kept; icons as they are. */
export function keepListenerAssets<E extends { url: string }>(
	entries: E[]
): { manifest: E[]; warnings: string[] } {
	const kept = listenerAssets();
	const manifest = entries.filter(({ url }) => !url.startsWith('_app/') || kept.has(url));
	return { manifest, warnings: [] };
}
