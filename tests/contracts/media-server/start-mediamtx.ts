import { resolve } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../../support/free-port.ts';
import { serveMediaTokens } from '../../support/media-tokens.ts';
import { startProcess } from '../../support/running-process.ts';
import type { RunningMediaServer, StartOptions } from './running-media-server.ts';

const OUR_CONFIGURATION = resolve(import.meta.dirname, '../../../mediamtx.yml');

/** Starts a MediaMTX binary with the configuration we ship, moved to free ports by its own `MTX_…` variables. */
export async function startMediaMtx(
	binary: string,
	{ apiNeedsToken = false }: StartOptions = {}
): Promise<RunningMediaServer> {
	const tokens = await serveMediaTokens();
	const [webrtc, ice, rtsp, api, metrics] = (await freePorts(5)).map((port) => `127.0.0.1:${port}`);
	const server = startProcess(binary, [OUR_CONFIGURATION], {
		env: {
			MTX_AUTHJWTJWKS: tokens.jwksUrl,
			MTX_AUTHJWTISSUER: tokens.issuer,
			MTX_AUTHJWTAUDIENCE: tokens.audience,
			MTX_WEBRTCADDRESS: `${webrtc}`,
			MTX_WEBRTCLOCALUDPADDRESS: `${ice}`,
			MTX_WEBRTCLOCALTCPADDRESS: `${ice}`,
			MTX_RTSPADDRESS: `${rtsp}`,
			MTX_APIADDRESS: `${api}`,
			MTX_METRICSADDRESS: `${metrics}`,
			...(apiNeedsToken ? { MTX_AUTHJWTEXCLUDE: '' } : {})
		}
	});
	try {
		// Any answer will do: where a token is needed the answer is a refusal.
		await eventually('MediaMTX answers', () => fetch(`http://${api}/v3/info`), {
			withinMs: 10_000
		});
	} catch (error) {
		await server.kill();
		await tokens.close();
		throw new Error(`MediaMTX did not come up:\n${server.output()}`, { cause: error });
	}
	return {
		kind: 'mediamtx',
		pid: server.pid,
		tokens,
		webrtcBase: `http://${webrtc}`,
		apiBase: `http://${api}`,
		rtspBase: `rtsp://${rtsp}`,
		metricsUrl: `http://${metrics}/metrics`,
		outsideHeaders: {},
		async stop() {
			try {
				await server.stop();
			} finally {
				await tokens.close();
			}
		}
	};
}
