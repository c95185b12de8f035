const BATCH_MS = 100;

/**
 * Sends the candidates of a connection to a WHIP resource as they are found (RFC 9725 §4.4.1, RFC 8840), a few
 * at a time. Best effort: a server that does not take them has its own candidates in the answer.
 * Call it before the local description is set.
 */
export function trickleByPatch(
	connection: RTCPeerConnection,
	resource: URL,
	{ token, etag }: { token: string; etag: string | null }
): void {
	let waiting: RTCIceCandidate[] = [];
	let timer: ReturnType<typeof setTimeout> | undefined;
	let sending = Promise.resolve();

	function flush(isLast: boolean): void {
		clearTimeout(timer);
		timer = undefined;
		const fragment = sdpFragment(connection.localDescription?.sdp ?? '', waiting, isLast);
		waiting = [];
		if (fragment === null || connection.signalingState === 'closed') return;
		// One after the other: the last one says that there are no more.
		sending = sending.then(() =>
			fetch(resource, {
				method: 'PATCH',
				headers: {
					'content-type': 'application/trickle-ice-sdpfrag',
					authorization: `Bearer ${token}`,
					...(etag === null ? {} : { 'if-match': etag })
				},
				body: fragment
			}).then(
				() => undefined,
				() => undefined
			)
		);
	}

	connection.addEventListener('icecandidate', ({ candidate }) => {
		if (candidate === null) flush(true);
		else if (candidate.candidate !== '') {
			waiting.push(candidate);
			timer ??= setTimeout(() => flush(false), BATCH_MS);
		}
	});
}

/** Body of such a PATCH; null when there is nothing to say. */
export function sdpFragment(
	localSdp: string,
	candidates: readonly Pick<RTCIceCandidate, 'candidate'>[],
	isLast: boolean
): string | null {
	const ufrag = /^a=ice-ufrag:[^\r\n]+/m.exec(localSdp)?.[0];
	const pwd = /^a=ice-pwd:[^\r\n]+/m.exec(localSdp)?.[0];
	const media = /^m=[^\r\n]+/m.exec(localSdp)?.[0];
	const mid = /^a=mid:[^\r\n]+/m.exec(localSdp)?.[0];
	if (!ufrag || !pwd || !media || !mid) return null;
	if (candidates.length === 0 && !isLast) return null;
	return [
		ufrag,
		pwd,
		media,
		mid,
		...candidates.map(({ candidate }) => `a=${candidate}`),
		...(isLast ? ['a=end-of-candidates'] : []),
		''
	].join('\r\n');
}
