import type { HttpAnswer } from '../http/answers.ts';
import type { SessionType } from '../paths/live-path.ts';
import type { PathRegistry } from '../paths/registry.ts';
import type { WebRtcSession } from '../peers/session.ts';
import type { Sessions } from '../peers/sessions.ts';
import type { PlaySession } from '../rtsp/play-session.ts';
import type { RtspSessionList } from '../rtsp/sessions.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];
type Family = {
	readonly name: string;
	readonly type: 'gauge' | 'counter';
	readonly help: string;
	readonly samples: readonly Sample[];
};

export type MetricsParts = {
	readonly paths: PathRegistry;
	readonly sessions: Sessions;
	readonly rtsp: RtspSessionList;
};

const READER_TYPES: readonly SessionType[] = ['webRTCSession', 'rtspSession'];

/**
 * Prometheus' text format under MediaMTX's names. As there, `?type=paths` leaves the sessions out, which a
 * scraper wants: they are as many as listeners. Addresses are left out always; they are personal data.
 */
export function renderMetrics(parts: MetricsParts, query: string): HttpAnswer {
	const type = new URLSearchParams(query).get('type');
	const families = [
		...(type === null || type === 'paths' ? pathFamilies(parts) : []),
		...(type === null || type === 'webrtc_sessions' ? webRtcFamilies(parts.sessions.list()) : []),
		...(type === null || type === 'rtsp_sessions' ? rtspFamilies(parts.rtsp.list()) : []),
		...processFamilies()
	];
	return {
		status: 200,
		headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
		body: families.map(renderFamily).join('')
	};
}

function pathFamilies({ paths }: MetricsParts): Family[] {
	const all = paths.list();
	type Path = (typeof all)[number];
	const labels = (path: Path): Labels => ({
		name: path.name,
		state: path.available ? 'ready' : 'notReady'
	});
	const family = familyOf(all, labels);
	return [
		family('paths', 'gauge', 'Configured paths.', () => 1),
		family('paths_online', 'gauge', 'Whether a publisher is heard.', ({ publisher }) =>
			publisher === null ? 0 : 1
		),
		{
			name: 'paths_readers',
			type: 'gauge',
			help: 'Readers of a path.',
			samples: all.flatMap((path) =>
				READER_TYPES.map((readerType): Sample => {
					const readers = path.readers.filter(({ type }) => type === readerType);
					return [{ ...labels(path), readerType }, readers.length];
				})
			)
		},
		family('paths_inbound_bytes', 'counter', 'Bytes of RTP taken in.', (p) => p.inboundBytes),
		family('paths_outbound_bytes', 'counter', 'Bytes of RTP sent out.', (p) => p.outboundBytes),
		family(
			'paths_inbound_frames_in_error',
			'counter',
			'Packets that were not Opus.',
			(path) => path.inboundFramesInError
		)
	];
}

function webRtcFamilies(sessions: readonly WebRtcSession[]): Family[] {
	const family = familyOf(sessions, ({ id, path, state }) => ({ id, path: path.name, state }));
	const name = 'webrtc_sessions';
	return [
		family(name, 'gauge', 'WebRTC sessions.', () => 1),
		family(`${name}_inbound_bytes`, 'counter', 'Bytes taken in.', (s) => s.counters.inboundBytes),
		family(
			`${name}_inbound_rtp_packets`,
			'counter',
			'RTP packets taken in.',
			(session) => session.counters.inboundRtpPackets
		),
		family(
			`${name}_inbound_rtp_packets_lost`,
			'counter',
			'RTP packets lost on the way in.',
			(session) => (session.state === 'publish' ? session.loss().packetsLost : 0)
		),
		family(
			`${name}_inbound_rtp_packets_jitter`,
			'gauge',
			'Jitter of the way in, in samples at 48 kHz.',
			(session) => (session.state === 'publish' ? session.loss().jitter : 0)
		),
		family(
			`${name}_inbound_rtcp_packets`,
			'counter',
			'RTCP packets taken in.',
			(session) => session.counters.inboundRtcpPackets
		),
		family(`${name}_outbound_bytes`, 'counter', 'Bytes sent.', (s) => s.counters.outboundBytes),
		family(
			`${name}_outbound_rtp_packets`,
			'counter',
			'RTP packets sent.',
			(session) => session.counters.outboundRtpPackets
		),
		family(
			`${name}_outbound_rtcp_packets`,
			'counter',
			'RTCP packets sent.',
			(session) => session.counters.outboundRtcpPackets
		),
		family(
			`${name}_outbound_frames_discarded`,
			'counter',
			'Frames that could not be sent.',
			(session) => session.counters.outboundFramesDiscarded
		)
	];
}

function rtspFamilies(sessions: readonly PlaySession[]): Family[] {
	const family = familyOf(sessions, ({ id, path }) => ({ id, path: path.name, state: 'read' }));
	return [
		family('rtsp_sessions', 'gauge', 'RTSP sessions.', () => 1),
		family('rtsp_sessions_outbound_bytes', 'counter', 'Bytes sent.', (s) => s.outboundBytes),
		family(
			'rtsp_sessions_outbound_rtp_packets_discarded',
			'counter',
			'RTP packets a slow reader missed.',
			(session) => session.outboundDiscarded
		)
	];
}

function processFamilies(): Family[] {
	const { user, system } = process.cpuUsage();
	const family = familyOf([null], () => ({}));
	return [
		family(
			'process_cpu_seconds_total',
			'counter',
			'CPU time of the process.',
			() => (user + system) / 1e6
		),
		family('process_resident_memory_bytes', 'gauge', 'Memory of the process.', () =>
			process.memoryUsage.rss()
		),
		family('process_start_time_seconds', 'gauge', 'Start of the process.', () =>
			Math.round(Date.now() / 1000 - process.uptime())
		)
	];
}

/** Makes families with one sample for each of the items. */
function familyOf<T>(items: readonly T[], labels: (item: T) => Labels) {
	return (
		name: string,
		type: Family['type'],
		help: string,
		value: (item: T) => number
	): Family => ({
		name,
		type,
		help,
		samples: items.map((item): Sample => [labels(item), value(item)])
	});
}

function renderFamily({ name, type, help, samples }: Family): string {
	const lines = samples.map(([labels, value]) => {
		const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
		return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
	});
	return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
