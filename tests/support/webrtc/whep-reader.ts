import { deferred } from '../deferred.ts';
import { isRtcp, readRtp, type RtpPacket } from '../rtp.ts';
import { deleteSession, openSession, type MediaEndpoint, type OpenedSession } from './endpoint.ts';
import { guarded, offeringPeer, type TestPeer } from './peer.ts';

export type HeardPacket = RtpPacket & {
	/** `performance.now()` at arrival. */
	readonly atMs: number;
};

/** A native listener that keeps every packet it received, in order of arrival. */
export type WhepReader = {
	readonly session: OpenedSession;
	readonly ended: TestPeer['ended'];
	readonly packets: readonly HeardPacket[];
	/** RTCP packets as they came, compound ones in one piece. */
	readonly reports: readonly Buffer[];
	/** The next packet from now on of which `wanted` is true. @throws after `withinMs` */
	next(
		what: string,
		wanted: (packet: HeardPacket) => boolean,
		withinMs?: number
	): Promise<HeardPacket>;
	/** The next RTCP packet from now on of which `wanted` is true. @throws after `withinMs` */
	nextReport(what: string, wanted: (report: Buffer) => boolean, withinMs?: number): Promise<Buffer>;
	/** DELETE, then closes. The status of the DELETE. */
	leave(): Promise<number>;
	close(): void;
};

let readers = 0;

/**
 * Listens at a WHEP endpoint; resolves when ICE and DTLS stand.
 *
 * @throws with the endpoint's words when it refuses the offer
 */
export async function listen(endpoint: MediaEndpoint, name?: string): Promise<WhepReader> {
	const peer = offeringPeer(name ?? `reader-${++readers}`, [
		{ kind: 'audio', direction: 'RecvOnly' }
	]);
	const packets: HeardPacket[] = [];
	const reports: Buffer[] = [];
	const onPacket = new Set<(packet: HeardPacket) => void>();
	const onReport = new Set<(report: Buffer) => void>();

	peer.tracks[0]?.onMessage(
		guarded((message) => {
			if (isRtcp(message)) {
				const report = Buffer.from(message);
				reports.push(report);
				for (const tell of [...onReport]) tell(report);
				return;
			}
			const packet = { ...readRtp(message), atMs: performance.now() };
			packets.push(packet);
			for (const tell of [...onPacket]) tell(packet);
		})
	);

	const session = await openSession(endpoint, await peer.bareOffer).catch((error: unknown) => {
		peer.close();
		throw error;
	});
	peer.accept(session.answer);
	await peer.connected.catch((error: unknown) => {
		peer.close();
		throw error;
	});

	return {
		session,
		ended: peer.ended,
		packets,
		reports,
		next: (what, wanted, withinMs) => firstOf(onPacket, what, wanted, withinMs),
		nextReport: (what, wanted, withinMs) => firstOf(onReport, what, wanted, withinMs),
		async leave() {
			const status = await deleteSession(session.resource);
			peer.close();
			return status;
		},
		close: () => peer.close()
	};
}

async function firstOf<T>(
	listeners: Set<(value: T) => void>,
	what: string,
	wanted: (value: T) => boolean,
	withinMs = 5_000
): Promise<T> {
	const found = deferred<T>();
	const tell = (value: T): void => {
		if (wanted(value)) found.resolve(value);
	};
	const timer = setTimeout(
		() => found.reject(new Error(`not heard within ${withinMs} ms: ${what}`)),
		withinMs
	);
	listeners.add(tell);
	try {
		return await found.promise;
	} finally {
		clearTimeout(timer);
		listeners.delete(tell);
	}
}
