/** The incident types of the operators' runbook. */
export const INCIDENTS = ['IC-01', 'IC-02', 'IC-03', 'IC-04', 'IC-05', 'IC-06'] as const;
export type Incident = (typeof INCIDENTS)[number];

export function isIncident(text: string): text is Incident {
	return INCIDENTS.some((known) => known === text);
}

/** What can be wrong; stable, for programs that read `doctor --json`. */
export type FindingCode =
	| 'admin_login_off'
	| 'admin_login_fails'
	| 'admin_login_throttled'
	| 'admin_missing'
	| 'booth_closed'
	| 'booth_empty'
	| 'captions_failing'
	| 'captions_off'
	| 'captions_refused'
	| 'channel_silent'
	| 'clock_wrong'
	| 'cookies_dropped'
	| 'database_away'
	| 'database_read_only'
	| 'disk_full'
	| 'ffmpeg_missing'
	| 'ghost_publisher'
	| 'ice_not_reachable'
	| 'key_missing'
	| 'key_unreadable'
	| 'media_keys_not_believed'
	| 'media_open'
	| 'media_server_away'
	| 'media_url_insecure'
	| 'media_url_internal'
	| 'media_url_unreachable'
	| 'migrations_pending'
	| 'nobody_on_air'
	| 'not_active'
	| 'path_incomplete'
	| 'path_missing'
	| 'portal_away'
	| 'portal_slow'
	| 'public_url_unreachable'
	| 'rtsp_away'
	| 'secret_weak'
	| 'sockets_cut'
	| 'sockets_refused'
	| 'sound_not_arriving'
	| 'websocket_blocked'
	| 'worker_missing'
	| 'workers_all_busy';

/** What the doctor may mend by itself: each is safe while people are on air. */
export type SafeFix =
	'apply-migrations' | 'end-ghost-publishers' | 'refresh-media-keys' | 'remake-paths';

/**
 * One thing that is wrong, for an operator at a terminal or on the doctor's page.
 *
 * `fault`: the audience, or somebody at work, is affected now · `warning`: it will hurt one day.
 */
export type Finding = {
	readonly code: FindingCode;
	readonly level: 'fault' | 'warning';
	/** What it is about: a channel's path, an address, a part. */
	readonly about: string;
	readonly says: string;
	readonly fix: string;
	readonly safeFix?: SafeFix;
};

/** What was looked at, also when all is well. */
export type Report = { readonly facts: readonly string[]; readonly findings: readonly Finding[] };

export function together(reports: readonly Report[]): Report {
	const seen = new Set<string>();
	return {
		facts: reports.flatMap((report) => report.facts),
		// Two diagnoses may look at the same part; what is wrong with it is said once.
		findings: reports
			.flatMap((report) => report.findings)
			.filter(({ code, about }) => !seen.has(`${code} ${about}`) && seen.add(`${code} ${about}`))
	};
}
