import { unauthorised, failure, type HttpAnswer } from '../http/answers.ts';
import type { HttpRequest } from '../http/server.ts';
import { tokenFromAuthorization } from '../tokens/credentials.ts';
import type { TokenVerifier } from '../tokens/verifier.ts';

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d{1,5})?$/i;

/**
 * Who may use the control API: whoever is on this machine and calls it by a loopback name, and whoever has a
 * token for it. The Host header is looked at because a web page can make a browser on this machine send a
 * request here under a name of its own (DNS rebinding); forwarding headers, because a reverse proxy makes
 * the whole world look like loopback. Null: go on.
 */
export async function refuseControl(
	request: HttpRequest,
	tokens: TokenVerifier,
	action: 'api' | 'metrics'
): Promise<HttpAnswer | null> {
	const { headers } = request;
	const token = tokenFromAuthorization(headers.authorization);
	if (token !== null) {
		const bearer = await tokens.authorise(token, action, '');
		return bearer.ok ? null : unauthorised(false);
	}
	const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
	if (!LOOPBACK_ADDRESS.test(request.remoteAddress) || forwarded) return unauthorised(true);
	if (!LOOPBACK_HOST.test(headers.host ?? '')) return failure(403, 'host not allowed');
	// A browser says where a call comes from; pages have no business here.
	if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
		return unauthorised(true);
	return null;
}
