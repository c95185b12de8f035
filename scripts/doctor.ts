// `npm run doctor`: what is wrong here. Asks the running portal; when there is none, says why it may not run.
import { parseArgs } from 'node:util';
import { isIncident, INCIDENTS, type Finding, type Report } from '#lib/domain/doctor/finding.ts';
import { command, Fault } from './fault.js';
import { withoutPortal } from './doctor/without-portal.ts';
import { ROOT } from './setup.js';
import { environment } from './start/environment.js';
import { askPortal, localPortal } from './start/local-endpoint.js';

const USAGE = `Usage: npm run doctor                                          looks at everything
       npm run doctor -- IC-02 --event demo --lang fr [--room hall-b]  one incident of the runbook
       npm run doctor -- IC-01 --event demo --lang fr --who "Léa"      whose Go live fails
Options: --fix does what is safe while people are on air · --json for programs
Incidents: IC-01 cannot go live · IC-02 hears nothing · IC-03 connections flicker · IC-04 no captions ·
           IC-05 admin login fails · IC-06 database errors
Ends with 0 when nothing is wrong, 2 when something is.`;

type Answer = Report & { readonly done: readonly string[] };

function options() {
	try {
		return parseArgs({
			allowPositionals: true,
			options: {
				event: { type: 'string' },
				room: { type: 'string' },
				lang: { type: 'string' },
				who: { type: 'string' },
				fix: { type: 'boolean', default: false },
				json: { type: 'boolean', default: false },
				help: { type: 'boolean', default: false }
			}
		});
	} catch (error) {
		throw new Fault(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
	}
}

await command(async () => {
	const { values, positionals } = options();
	if (values.help) return console.log(USAGE);
	const [first, ...others] = positionals;
	const incident = first?.toUpperCase() ?? null;
	if (others.length > 0 || (incident !== null && !isIncident(incident)))
		throw new Fault(
			`There is no incident ${positionals.join(' ')}; there are ${INCIDENTS.join(', ')}.`
		);
	const isAboutChannel = incident === 'IC-01' || incident === 'IC-02' || incident === 'IC-04';
	if (isAboutChannel && (values.event === undefined || values.lang === undefined))
		throw new Fault(
			`${incident} is about one channel: say which, with --event and --lang.\n${USAGE}`
		);

	const { event = null, room = null, lang = null, who = null, fix, json } = values;
	const env = environment(ROOT);
	const answer: Answer =
		(await withoutPortal(env, ROOT)) ??
		(await askPortal(localPortal(env, ROOT), 'doctor', { incident, event, room, lang, who, fix }));
	if (json) console.log(JSON.stringify(answer, null, 2));
	else print(answer);
	if (answer.findings.length > 0) process.exitCode = 2;
});

function print({ facts, findings, done }: Answer): void {
	for (const fact of facts) console.log(`  ${fact}`);
	for (const one of done) console.log(`\n✓ ${one}`);
	for (const finding of findings)
		console.log(`\n${heading(finding)}\n  ${finding.says}\n  → ${finding.fix}`);
	if (findings.length === 0) console.log('\nNothing is wrong here.');
}

function heading({ level, about, code }: Finding): string {
	return `${level === 'fault' ? '✗' : '!'} ${about} (${code})`;
}
