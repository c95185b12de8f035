import type { Refusal } from '#lib/domain/result.ts';

/** Body of every refused REST request. */
export type RestError = { error: Refusal };

/** `GET /healthz` */
export type Health = {
	ok: boolean;
	server: 'voxbento';
	version: string;
	mediamtx_ok: boolean;
	database_ok: boolean;
	active_workers: number;
	uptime_s: number;
};

/** `GET /readyz` */
export type Readiness = {
	ready: boolean;
	database_ok: boolean;
	migrations_current: boolean;
	draining: boolean;
};
