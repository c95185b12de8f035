import type { MediaServerKind } from './running-media-server.ts';

/**
 * Where the two media servers behave differently: what each does (asserted by the suite), what the portal
 * and the clients may rely on with either, and why it is so. Whatever is not here is the same on both.
 *
 * Neither promises to tell a peer that its session was ended. Both send a DTLS alert, which arrives as a rule
 * (seen lost: MediaMTX 1.20.1 to the publisher of a deleted path in two of five cases; ours on a machine that is
 * out of breath). What holds: the session's own URL and the control API say 404, and nothing more is sent or taken.
 */
type Difference<T> = Readonly<Record<MediaServerKind, T>> & {
	readonly relyOn: string;
	readonly because: string;
};

function difference<T>(entry: Difference<T>): Difference<T> {
	return entry;
}

export const differences = {
	version: difference<RegExp>({
		embedded: /^v1\.\d+\.\d+-voxbento/,
		mediamtx: /^v1\.\d+\.\d+(?!.*voxbento)/,
		relyOn:
			'The word "voxbento" tells an audio-only server; what stands before is the MediaMTX whose API it speaks.',
		because: 'The portal keeps the floor always available where no picture can be lost by it.'
	}),
	oversizedOffer: difference<number>({
		embedded: 413,
		mediamtx: 404,
		relyOn: 'An offer over 128 KiB opens no session: no 201 and no Location.',
		because:
			'MediaMTX stops reading such a body and answers nothing, which its framework sends as an empty 404.'
	}),
	unknownPathWithoutToken: difference<number>({
		embedded: 401,
		mediamtx: 400,
		relyOn: 'A stranger gets no session; not which paths exist.',
		because:
			'MediaMTX looks the path up before it asks for the token, so it tells strangers which paths are configured.'
	}),
	silencePacing: difference<'even' | 'bursts-of-five'>({
		embedded: 'even',
		mediamtx: 'bursts-of-five',
		relyOn:
			'50 packets of silence a second, up to five at once; the time they carry keeps pace with the clock.',
		because:
			"MediaMTX's offline track writes five packets at once ten times a second; ours paces them."
	}),
	handoverSilentFrames: difference<{ atMost: number }>({
		embedded: { atMost: 1 },
		mediamtx: { atMost: 25 },
		relyOn:
			'Half a second, at most, between the last frame of one publisher and the first of the next.',
		because:
			'MediaMTX puts its offline track between two publishers (five frames as a rule); ours switches on the first packet, after 2.5 ms that let no decoder click.'
	}),
	shortestFrameSamples: difference<number>({
		embedded: 120,
		mediamtx: 960,
		relyOn: 'Frames of a channel may be of any length Opus has.',
		because:
			'Ours puts 2.5 ms of silence between two voices; MediaMTX hands on what publishers send.'
	}),
	firstFramesLost: difference<{ atMost: number }>({
		embedded: { atMost: 0 },
		mediamtx: { atMost: 2 },
		relyOn: 'A publisher is heard from its third frame on.',
		because:
			'MediaMTX takes its tracks up on their first packet, and now and then that packet is gone.'
	}),
	numbersSkippedAtChange: difference<{ atMost: number }>({
		embedded: { atMost: 0 },
		mediamtx: { atMost: 3 },
		relyOn:
			'Where the voice changes or ends a few sequence numbers may be missing, as if packets were lost.',
		because:
			'MediaMTX numbers a packet before it drops it because its publisher has just left (seen in one change of thirty).'
	}),
	uplinkLoss: difference<{ gapVisible: boolean; delayedByMs: { atMost: number } }>({
		embedded: { gapVisible: true, delayedByMs: { atMost: 250 } },
		mediamtx: { gapVisible: false, delayedByMs: { atMost: 2_000 } },
		relyOn:
			'What was lost on the way up is lost; what follows is heard within 2 s, each frame once, in order of its sequence numbers.',
		because:
			'MediaMTX waits for 64 packets before it gives a lost one up, and numbers its output anew; ours forwards at once and leaves the gap for the listener to conceal.'
	}),
	uplinkReordering: difference<'as-arrived' | 'put-in-order'>({
		embedded: 'as-arrived',
		mediamtx: 'put-in-order',
		relyOn: 'Sequence numbers and timestamps give the right order; arrival does not.',
		because:
			"Ours has no reorder buffer: the listener's jitter buffer does it, once instead of twice."
	}),
	silentDeathNoticedMs: difference<{ atMost: number } | 'after-half-a-minute'>({
		embedded: { atMost: 7_000 },
		mediamtx: 'after-half-a-minute',
		relyOn:
			'"online" may be stale for 30 s. The portal watches inboundRTPPackets of the session and kicks it when they stand still; that brings silence back at once on both.',
		because:
			"MediaMTX keeps pion's ICE timeouts (5 s and 25 s); ours ends a peer that sends nothing for 5 s."
	}),
	videoLineOfAnswer: difference<'taken' | 'refused'>({
		embedded: 'refused',
		mediamtx: 'taken',
		relyOn:
			'An offer with H264 and Opus is accepted and its sound is heard; whether the picture is kept depends on the server.',
		because:
			'Ours carries audio alone; it answers the video line with port 0 (RFC 3264, section 6).'
	}),
	foreignCodecOffer: difference<readonly number[]>({
		embedded: [400, 406],
		mediamtx: [201],
		relyOn:
			'Publishers offer Opus and nothing else. Any other offer may cost the one on air their place.',
		because:
			'MediaMTX compares codecs only after ICE and after it has closed the publisher before; ours reads the offer.'
	}),
	hostHeader: difference<number>({
		embedded: 403,
		mediamtx: 200,
		relyOn: "The control API's network is closed to browsers by other means too.",
		because:
			'A page in a browser on the same machine can reach loopback by a name of its own (DNS rebinding); MediaMTX does not look at the Host header.'
	})
} as const;
