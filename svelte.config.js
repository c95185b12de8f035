import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	kit: {
		adapter: adapter({ out: 'build', precompress: true }),
		// The media server's address is known at run time only; the security-headers hook adds it to connect-src.
		csp: {
			mode: 'nonce',
			directives: {
				'default-src': ['none'],
				'script-src': ['self'],
				'style-src': ['self'],
				'style-src-attr': ['unsafe-inline'],
				'img-src': ['self', 'data:'],
				'font-src': ['self'],
				'media-src': ['self', 'blob:', 'mediastream:'],
				'connect-src': ['self'],
				'manifest-src': ['self'],
				'worker-src': ['self'],
				'base-uri': ['none'],
				'form-action': ['self'],
				'frame-ancestors': ['none'],
				'object-src': ['none']
			}
		},
		// Absolute, since the service worker shows its shell at other addresses than its own.
		paths: { relative: false },
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
