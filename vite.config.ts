import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig, type Plugin } from 'vite';
import { lateMessages } from './late-messages.config.ts';
import { keepListenerAssets } from './precache.config.ts';

/** Leaves Vite's own HTTP server where the Kit `init` hook looks for it, as src/main.js does in production. */
function portalOnDevServer(): Plugin {
	return {
		name: 'voxbento-dev-server',
		configureServer(server) {
			Reflect.set(globalThis, Symbol.for('voxbento.http'), server.httpServer);
		}
	};
}

export default defineConfig({
	plugins: [
		portalOnDevServer(),
		tailwindcss(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
			cookieName: 'locale'
		}),
		lateMessages(),
		sveltekit(),
		SvelteKitPWA({
			strategies: 'injectManifest',
			srcDir: 'src',
			filename: 'service-worker.ts',
			registerType: 'prompt',
			injectRegister: false,
			manifest: false,
			injectManifest: {
				globPatterns: ['client/_app/**/*.{js,css}', 'client/icons/icon*.{png,svg}'],
				// Set by hand, or the plugin adds patterns for prerendered pages, of which there are none.
				modifyURLPrefix: { 'client/': '' },
				manifestTransforms: [keepListenerAssets]
			},
			kit: { includeVersionFile: false }
		})
	],
	// Native modules stay outside the bundle; everything else is resolved by Kit.
	ssr: { external: ['@node-rs/argon2', '@electric-sql/pglite', 'pino', 'postgres'] }
});
