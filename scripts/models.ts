/** Speech models for captions without an account: `npm run models` lists them, `-- fetch NAME` gets one. */
import { SPEECH_MODELS } from '../workers/transcriber/models/catalogue.ts';
import { fetchModel } from '../workers/transcriber/models/fetch.ts';
import { modelStore } from '../workers/transcriber/models/store.ts';

const MEGABYTE = 1_000_000;
const [verb = 'list', ...names] = process.argv.slice(2);
const store = modelStore();

if (verb === 'list') list();
else if (verb === 'fetch') process.exitCode = await fetchAll(names);
else {
	process.stderr.write('npm run models                  lists the models\n');
	process.stderr.write('npm run models -- fetch NAME …  gets models into the data folder\n');
	process.exitCode = 2;
}

function list(): void {
	for (const model of SPEECH_MODELS) {
		const folder = store.folder(model);
		const size = `${Math.round(model.sizeBytes / MEGABYTE)} MB`;
		process.stdout.write(
			`${model.name.padEnd(22)} ${size.padStart(7)}  ${folder === null ? 'not here ' : 'installed'}  ${model.title}\n` +
				`${' '.repeat(24)}${model.languages.slice(0, 12).join(' ')}${model.languages.length > 12 ? ' …' : ''} · ${model.licence}\n`
		);
	}
	process.stdout.write(`\nModels lie in ${process.env['STT_MODEL_DIR'] || store.cache}\n`);
}

async function fetchAll(wanted: readonly string[]): Promise<number> {
	if (wanted.length === 0) {
		process.stderr.write('Which one? npm run models lists them.\n');
		return 2;
	}
	let failed = 0;
	for (const name of wanted) {
		const model = SPEECH_MODELS.find((one) => one.name === name);
		if (model === undefined) {
			process.stderr.write(`There is no model ${name}. npm run models lists them.\n`);
			failed++;
			continue;
		}
		const there = store.folder(model);
		if (there !== null) {
			process.stdout.write(`${name} is installed: ${there}\n`);
			continue;
		}
		const answer = await fetchModel(model, {
			cache: store.cache,
			say: (line) => process.stdout.write(`${line}\n`),
			progress: progressLine(),
			terminal: process.stdout.isTTY
		});
		process.stdout.write(
			answer.ok ? `${name} is installed: ${answer.value}\n` : `${name} could not be had.\n`
		);
		if (!answer.ok) {
			process.stderr.write(
				`Get the files of ${name} by other means, put them into a folder and set STT_MODEL_DIR to it.\n`
			);
			failed++;
		}
	}
	return failed === 0 ? 0 : 1;
}

/** Rewrites one line on a terminal, says every tenth elsewhere. */
function progressLine(): (done: number, total: number) => void {
	let saidTenth = -1;
	return (done, total) => {
		const text = `  ${Math.floor((done / total) * 100)} % of ${Math.round(total / MEGABYTE)} MB`;
		if (process.stdout.isTTY) {
			process.stdout.write(`\r${text}${done >= total ? '\n' : ''}`);
			return;
		}
		const tenth = Math.floor((done / total) * 10);
		if (tenth === saidTenth) return;
		saidTenth = tenth;
		process.stdout.write(`${text}\n`);
	};
}
