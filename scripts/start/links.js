import { renderUnicodeCompact } from 'uqr';

/** @typedef {Pick<import('#lib/server/events/demo-event.ts').DemoEvent, 'joinCode' | 'links'>} Demo */

/**
 * What a person is told once everything runs.
 *
 * @param {object} start
 * @param {string} start.publicUrl
 * @param {Demo | null} start.demo
 * @param {boolean} start.voices
 * @param {{ password: string, origin: 'environment' | 'new' | 'kept', file: string }} start.admin
 * @param {string} start.dataFolder
 * @param {boolean} start.colour whether the terminal knows colours
 * @param {string | null} start.lan the sentence on what is reachable, for a start with --lan
 * @returns {string}
 */
export function welcome({ publicUrl, demo, voices, admin, dataFolder, colour, lan }) {
	/** @type {[string, string][]} */
	const rows = [];
	if (demo) {
		rows.push(['Listen', publicUrl + demo.links.listener]);
		demo.links.interpreters.forEach(({ language, path }, i) =>
			rows.push([`Interpreter ${i + 1}, ${nameOf(language)} booth`, publicUrl + path])
		);
		if (demo.links.floor) rows.push(['Floor console', publicUrl + demo.links.floor]);
	}
	rows.push(['Admin', `${publicUrl}/admin/login`]);
	const width = Math.max(...rows.map(([label]) => label.length));

	const lines = ['', 'VoxBento is ready.', ''];
	for (const [label, url] of rows) lines.push(`  ${label.padEnd(width)}  ${url}`);
	lines.push(`  ${''.padEnd(width)}  ${passwordLine(admin)}`, '');
	if (demo) {
		const listener = publicUrl + demo.links.listener;
		const code = renderUnicodeCompact(listener, { border: 2 });
		// White on black whatever the terminal's own colours are: a camera wants the light parts light.
		lines.push(indent(colour ? code.replace(/^.*$/gm, '\x1b[97;40m$&\x1b[0m') : code), '');
		if (demo.joinCode) lines.push(`  Join code for listeners: ${demo.joinCode}`);
		if (demo.links.interpreters.length > 1)
			lines.push('  Open the second interpreter in another browser or a private window.');
		if (voices)
			lines.push(
				'  The demo voices speak until a person takes over; without them: DEMO_VOICES=off.'
			);
	}
	lines.push(
		lan === null
			? '  For a phone in the same network, start with: npm start -- --lan'
			: indent(lan),
		`  Database and keys are kept in ${dataFolder}.`,
		'  Stop with Ctrl-C.',
		''
	);
	return lines.join('\n');
}

/** @param {{ password: string, origin: 'environment' | 'new' | 'kept', file: string }} admin */
function passwordLine({ password, origin, file }) {
	switch (origin) {
		case 'new':
			return `password: ${password}   (shown this once; kept in ${file})`;
		case 'kept':
			return `password: as at the first start; it is kept in ${file}`;
		case 'environment':
			return password === ''
				? 'this login is off: ADMIN_PASSWORD is empty'
				: 'password: as in ADMIN_PASSWORD';
	}
}

/**
 * @param {object} start
 * @param {string} start.publicUrl
 * @param {number} start.icePort
 * @param {readonly string[]} start.others further addresses of this machine
 * @param {string | null} start.authorityUrl where the certificate of our own authority is, when we made one
 */
export function lanSentence({ publicUrl, icePort, others, authorityUrl }) {
	const elsewhere =
		others.length > 0
			? `\nIf a phone does not reach it, choose another address of this machine with --lan-address: ${others.join(', ')}.`
			: '';
	const reachable = `Everybody in your network can now reach ${publicUrl} (pages, sign-in) and port ${icePort} (sound, UDP); all else stays on this machine.`;
	return authorityUrl === null
		? reachable + elsewhere
		: `${reachable}${elsewhere}\nA phone warns once about the certificate, which this machine made itself: accept it. To install the page as an app, install ${authorityUrl} on the phone first.`;
}

/** @param {string} language */
function nameOf(language) {
	return new Intl.DisplayNames('en', { type: 'language' }).of(language) ?? language;
}

/** @param {string} text */
function indent(text) {
	return text.replace(/^/gm, '  ');
}
