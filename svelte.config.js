import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	kit: {
		adapter: adapter({ out: 'build', precompress: true }),
		// vite-plugin-pwa registers the worker, so that the page can ask before an update.
		serviceWorker: { register: false },
		typescript: {
			config: (config) => ({
				...config,
				include: [
					...config.include,
					'../workers/**/*.ts',
					'../scripts/**/*.ts',
					'../scripts/**/*.js',
					'../tests/**/*.ts',
					'../drizzle/*.ts',
					'../*.config.ts'
				]
			})
		}
	}
};
