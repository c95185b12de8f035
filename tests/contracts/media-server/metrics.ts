import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { toneVoice } from '../../support/voices.ts';
import type { Stage } from './stage.ts';

/** Prometheus text (0.0.4) with the series dashboards are made of. */
export function metrics(stage: () => Stage): void {
	it('counts paths and WebRTC sessions', async () => {
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, await toneVoice(440));
		publisher.speak();

		const text = await eventually('both are counted', async () => {
			const response = await fetch(stage().server.metricsUrl);
			expect(response.status).toBe(200);
			expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
			const body = await response.text();
			return value(body, 'paths_inbound_bytes', { name: path }) > 1000 ? body : undefined;
		});
		expect(value(text, 'paths', { name: path, state: 'ready' })).toBe(1);
		expect(value(text, 'paths_readers', { name: path, readerType: 'webRTCSession' })).toBe(1);
		expect(value(text, 'paths_outbound_bytes', { name: path })).toBeGreaterThan(0);
		const publishing = { id: publisher.session.id, path, state: 'publish' };
		const reading = { id: reader.session.id, path, state: 'read' };
		expect(value(text, 'webrtc_sessions', publishing)).toBe(1);
		expect(value(text, 'webrtc_sessions', reading)).toBe(1);
		expect(value(text, 'webrtc_sessions_inbound_rtp_packets', publishing)).toBeGreaterThan(0);
		expect(value(text, 'webrtc_sessions_inbound_rtp_packets_lost', publishing)).toBe(0);
		expect(value(text, 'webrtc_sessions_outbound_rtp_packets', reading)).toBeGreaterThan(0);
	});
}

/** The sample of a series that has all these labels; NaN when there is none. */
function value(text: string, series: string, labels: Readonly<Record<string, string>>): number {
	const line = text
		.split('\n')
		.find(
			(each) =>
				each.startsWith(`${series}{`) &&
				Object.entries(labels).every(([name, label]) => each.includes(`${name}="${label}"`))
		);
	return Number(line?.split(' ').at(-1) ?? Number.NaN);
}
