import type { Finding } from './finding.ts';

/** How far an address leads, judged by its name alone. */
export type Reach = 'this-machine' | 'private-network' | 'internal-name' | 'anywhere';

export function reachOf(host: string): Reach {
	const name = host.replace(/^\[|\]$/g, '').toLowerCase();
	if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return 'this-machine';
	if (/^127\./.test(name)) return 'this-machine';
	// RFC 1918, RFC 6598 (carriers), RFC 3927 (link-local), RFC 4193 and RFC 4291 for IPv6.
	if (
		/^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
			name
		) ||
		/^(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(name)
	)
		return 'private-network';
	if (/^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':')) return 'anywhere';
	// A name without a dot is a container's or a host's of this network; .local and .internal say it.
	if (!name.includes('.') || /\.(local|internal|lan|home\.arpa)$/.test(name))
		return 'internal-name';
	return 'anywhere';
}

/** Addresses by which browsers come, from the environment. */
export type PublicAddresses = { readonly portal: string; readonly media: string };

/**
 * What is wrong with `MEDIAMTX_WHIP_BASE` for a browser that opened `PUBLIC_BASE_URL`; empty when nothing is.
 * One finding at most: the first one in its way.
 */
export function judgeMediaUrl({ portal, media }: PublicAddresses): readonly Finding[] {
	const page = new URL(portal);
	const base = new URL(media);
	const [pageReach, mediaReach] = [reachOf(page.hostname), reachOf(base.hostname)];
	if (mediaReach === 'internal-name' && pageReach !== 'internal-name')
		return [
			{
				code: 'media_url_internal',
				level: 'fault',
				about: media,
				says: `Browsers are sent to ${base.hostname}, a name that only this network's own machines know. Nobody can speak or listen.`,
				fix: 'Set MEDIAMTX_WHIP_BASE to the address under which browsers reach the media server, such as https://media.example.org, and restart the portal.'
			}
		];
	if (mediaReach === 'this-machine' && pageReach !== 'this-machine')
		return [
			{
				code: 'media_url_internal',
				level: 'fault',
				about: media,
				says: `Browsers that open ${page.host} are sent to ${base.hostname}, which is their own device. Nobody but this machine can speak or listen.`,
				fix: 'Set MEDIAMTX_WHIP_BASE to the address under which browsers reach the media server, and restart the portal.'
			}
		];
	if (page.protocol === 'https:' && base.protocol === 'http:')
		return [
			{
				code: 'media_url_insecure',
				level: 'fault',
				about: media,
				says: 'The pages are https and the media server is http: browsers refuse the connection. Nobody can speak or listen.',
				fix: 'Put TLS in front of the media server and set MEDIAMTX_WHIP_BASE to its https address.'
			}
		];
	if (page.protocol === 'http:' && pageReach !== 'this-machine')
		return [
			{
				code: 'media_url_insecure',
				level: 'fault',
				about: portal,
				says: 'The pages are http: browsers give them no microphone, so nobody can interpret.',
				fix: 'Put TLS in front of the portal and set PUBLIC_BASE_URL to its https address, or start with npm start -- --lan.'
			}
		];
	return [];
}

/** What is wrong with the addresses a media server offers for sound, for people who come from `portal`. */
export function judgeIce(portal: string, candidates: readonly string[]): readonly Finding[] {
	const page = reachOf(new URL(portal).hostname);
	const reaches = candidates.map(reachOf);
	const good =
		page === 'anywhere'
			? reaches.some((reach) => reach === 'anywhere')
			: page === 'this-machine'
				? reaches.length > 0
				: reaches.some((reach) => reach !== 'this-machine');
	if (good) return [];
	const offered = candidates.length === 0 ? 'no address at all' : candidates.join(', ');
	return [
		{
			code: 'ice_not_reachable',
			level: page === 'anywhere' ? 'warning' : 'fault',
			about: 'sound addresses',
			says: `The media server offers ${offered} for sound; people who come from ${new URL(portal).hostname} can hardly reach that.`,
			fix: 'Name the public address: MEDIA_PUBLIC_IP in compose, webrtcAdditionalHosts in mediamtx.yml, MEDIA_ADDITIONAL_HOSTS for the embedded media server; let UDP 8189 through.'
		}
	];
}
