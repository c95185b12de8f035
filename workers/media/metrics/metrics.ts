import type { HttpAnswer } from '../http/answers.ts';
import type { PathRegistry } from '../paths/registry.ts';
import type { Sessions } from '../peers/sessions.ts';
import type { RtspSessionList } from '../rtsp/sessions.ts';

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };
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

/**
 * Prometheus' text format, under MediaMTX's names where it has one. Nothing per listener: a series with an
 * address in it is personal data and one for each phone is a burden.
 */
export function renderMetrics(parts: MetricsParts): HttpAnswer {
	return {
		status: 200,
		headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
		body: [...pathFamilies(parts), ...sessionFamilies(parts), ...processFamilies()]
			.map(renderFamily)
			.join('')
	};
}

function pathFamilies({ paths }: MetricsParts): Family[] {
	const all = paths.list();
	const family = (
		name: string,
		type: Family['type'],
		help: string,
		value: (path: (typeof all)[number]) => number
	): Family => ({
		name,
		type,
		help,
		samples: all.map((path) => ({
			labels: { name: path.name, state: path.available ? 'ready' : 'notReady' },
			value: value(path)
		}))
	});
	return [
		family('paths', 'gauge', 'Configured paths.', () => 1),
		family('paths_online', 'gauge', 'Whether a publisher is heard.', (path) =>
			path.publisher === null ? 0 : 1
		),
		family('paths_readers', 'gauge', 'Readers of a path.', (path) => path.readers.size),
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

function sessionFamilies({ sessions, rtsp }: MetricsParts): Family[] {
	const all = sessions.list();
	const states = ['publish', 'read'] as const;
	const perState = (
		name: string,
		type: Family['type'],
		help: string,
		value: (session: (typeof all)[number]) => number
	): Family => ({
		name,
		type,
		help,
		samples: states.map((state) => ({
			labels: { state },
			value: all
				.filter((session) => session.state === state)
				.reduce((sum, session) => sum + value(session), 0)
		}))
	});
	return [
		perState('webrtc_sessions', 'gauge', 'WebRTC sessions.', () => 1),
		perState('webrtc_sessions_established', 'gauge', 'WebRTC sessions with agreed keys.', (s) =>
			s.established ? 1 : 0
		),
		perState(
			'webrtc_sessions_outbound_frames_discarded',
			'gauge',
			'Frames of open sessions that could not be sent.',
			(session) => session.counters.outboundFramesDiscarded
		),
		{
			name: 'rtsp_sessions',
			type: 'gauge',
			help: 'RTSP sessions.',
			samples: [{ labels: { state: 'read' }, value: rtsp.list().length }]
		}
	];
}

function processFamilies(): Family[] {
	const { user, system } = process.cpuUsage();
	return [
		{
			name: 'process_cpu_seconds_total',
			type: 'counter',
			help: 'CPU time of the process.',
			samples: [{ labels: {}, value: (user + system) / 1e6 }]
		},
		{
			name: 'process_resident_memory_bytes',
			type: 'gauge',
			help: 'Memory of the process.',
			samples: [{ labels: {}, value: process.memoryUsage.rss() }]
		},
		{
			name: 'process_start_time_seconds',
			type: 'gauge',
			help: 'Start of the process.',
			samples: [{ labels: {}, value: Math.round(Date.now() / 1000 - process.uptime()) }]
		}
	];
}

function renderFamily({ name, type, help, samples }: Family): string {
	const lines = samples.map(({ labels, value }) => {
		const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
		return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
	});
	return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
