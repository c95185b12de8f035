// Builds the portal and the workers into build/: `npm run build`.
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command } from './fault.js';
import { ROOT } from './setup.js';
import { BUILD_STAMP } from './steps/build-step.js';
import { sourceFingerprint } from './steps/fingerprint.js';
import { ensureInstalled } from './steps/install.js';
import { requireNodeVersion } from './steps/node-version.js';
import { mustRun } from './steps/run.js';

requireNodeVersion();
await command(async () => {
	await ensureInstalled(ROOT, console.log);
	// Taken before: a source that changes while we build makes the next start build again.
	const fingerprint = sourceFingerprint(ROOT);
	rmSync(path.join(ROOT, BUILD_STAMP), { force: true });
	const options = { cwd: ROOT, show: true, env: { ...process.env, NODE_ENV: 'production' } };
	/** @param {string} file */
	const tool = (file) => path.join(ROOT, 'node_modules', file);
	// Without the generated tsconfig the first build of a clone warns about everything it cannot find.
	await mustRun(
		'svelte-kit sync',
		process.execPath,
		[tool('@sveltejs/kit/svelte-kit.js'), 'sync'],
		options
	);
	await mustRun('vite build', process.execPath, [tool('vite/bin/vite.js'), 'build'], options);
	await buildWorkers();
	writeFileSync(path.join(ROOT, BUILD_STAMP), fingerprint);
});

/** One file per worker; packages stay outside, since some of them carry native code. */
async function buildWorkers() {
	const { build } = await import('esbuild');
	const workers = readdirSync(path.join(ROOT, 'workers'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name)
		.filter((name) => existsSync(path.join(ROOT, 'workers', name, 'main.ts')));
	await build({
		absWorkingDir: ROOT,
		entryPoints: workers.map((name) => ({ in: `./workers/${name}/main.ts`, out: name })),
		outdir: 'build/workers',
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'esm',
		target: 'node20.19',
		sourcemap: true,
		logLevel: 'warning'
	});
	// Beside the bundle, as it stands beside the source: the worker finds it by the same relative address.
	cpSync(path.join(ROOT, 'workers/demo-voices/speech'), path.join(ROOT, 'build/workers/speech'), {
		recursive: true
	});
	cpSync(path.join(ROOT, 'workers/transcriber/trial'), path.join(ROOT, 'build/workers/trial'), {
		recursive: true
	});
	const models = path.join(ROOT, 'workers/transcriber/models');
	for (const name of readdirSync(models).filter((each) => /\.onnx$|^NOTICE/.test(each)))
		cpSync(path.join(models, name), path.join(ROOT, 'build/workers/models', name));
}
