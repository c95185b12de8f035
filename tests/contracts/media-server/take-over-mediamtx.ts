import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { eventually } from '../../support/eventually.ts';
import { serveMediaTokens } from '../../support/media-tokens.ts';
import { controlApi, type ControlApi } from './control-api.ts';
import type { RunningMediaServer } from './running-media-server.ts';

const OUR_CONFIGURATION = resolve(import.meta.dirname, '../../../mediamtx.yml');
/** What MediaMTX's own example configuration brings with it: every path, for everybody. */
const CATCH_ALL = 'all_others';

/**
 * Uses a MediaMTX that runs on this machine and is set aside for tests: gives it our configuration (but for its
 * addresses) and our key set for as long as the suite runs, and its own back afterwards.
 *
 * @param apiBase its control API, open to us without a token
 * @throws when it has paths of its own: somebody is using it
 */
export async function takeOverMediaMtx(apiBase: string): Promise<RunningMediaServer> {
	const base = apiBase.replace(/\/+$/, '');
	const api = controlApi(base);
	const names = (await configuredPaths(api)).filter((name) => name !== CATCH_ALL);
	if (names.length > 0)
		throw new Error(`${base} has paths of its own (${names.join(', ')}); it is not for tests`);
	const catchAll = await api.get(`/v3/config/paths/get/${CATCH_ALL}`);
	const before = (await api.get('/v3/config/global/get')).body as Record<string, unknown>;

	const tokens = await serveMediaTokens();
	const wanted = { ...ourSettings(), authJWTJWKS: tokens.jwksUrl };
	await settle(api, wanted);
	if (catchAll.status === 200) await api.send('DELETE', `/v3/config/paths/delete/${CATCH_ALL}`);

	const { hostname } = new URL(base);
	const at = (setting: string): string =>
		`${hostname}:${String(before[setting]).replace(/^.*:/, '')}`;
	return {
		kind: 'mediamtx',
		pid: 0,
		tokens,
		webrtcBase: `http://${at('webrtcAddress')}`,
		apiBase: base,
		rtspBase: `rtsp://${at('rtspAddress')}`,
		metricsUrl: `http://${at('metricsAddress')}/metrics`,
		outsideHeaders: {},
		async stop() {
			if (catchAll.status === 200)
				await api.send('POST', `/v3/config/paths/replace/${CATCH_ALL}`, {});
			await settle(api, Object.fromEntries(Object.keys(wanted).map((key) => [key, before[key]])));
			await tokens.close();
		}
	};
}

async function configuredPaths(api: ControlApi): Promise<string[]> {
	const { status, body } = await api.get('/v3/config/paths/list?itemsPerPage=1000');
	if (status !== 200) throw new Error(`the control API answered ${status}`);
	return (body as { items: { name: string }[] }).items.map(({ name }) => name);
}

function ourSettings(): Record<string, unknown> {
	const ours = parse(readFileSync(OUR_CONFIGURATION, 'utf8')) as Record<string, unknown>;
	// Its users stay: a password could not be given back, since the API does not tell it.
	return Object.fromEntries(
		Object.entries(ours).filter(
			([key]) => !key.endsWith('Address') && key !== 'paths' && key !== 'authInternalUsers'
		)
	);
}

/** The servers start anew with their settings, the control API among them. */
async function settle(api: ControlApi, settings: Record<string, unknown>): Promise<void> {
	const { status, body } = await api.send('PATCH', '/v3/config/global/patch', settings);
	if (status !== 200) throw new Error(`settings refused: ${status} ${JSON.stringify(body)}`);
	await eventually('it is back with the new settings', async () => {
		const now = (await api.get('/v3/config/global/get')).body as Record<string, unknown>;
		return now['authJWTJWKS'] === settings['authJWTJWKS'];
	});
}
