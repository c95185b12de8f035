import { describe, expect, test } from 'vitest';
import { readCandidates } from './candidate.ts';
import type { Offer, SetupRole } from './offer.ts';
import { planTransport } from './transport-plan.ts';

const LAN = '1 1 udp 2113937151 192.0.2.7 54321 typ host generation 0';
const HIDDEN = '2 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54322 typ host';
const PUBLIC = '3 1 udp 1677729535 203.0.113.9 61000 typ srflx raddr 0.0.0.0 rport 0';

function offer(setup: SetupRole, candidates: readonly string[], fromLibdatachannel = false): Offer {
	return {
		setup,
		candidates: readCandidates(candidates),
		fromLibdatachannel,
		media: [],
		bundled: true,
		iceUfrag: '',
		icePassword: '',
		fingerprint: '',
		audio: {
			index: 0,
			mid: '0',
			direction: 'recvonly',
			payloadType: 111,
			redPayloadType: null,
			prefersRed: false,
			formatParameters: '',
			levelExtensionId: null,
			transportExtensionId: null
		}
	};
}
const from = (address: string) => ({ address, localAddresses: ['192.0.2.1', '127.0.0.1'] });

describe('the DTLS role', () => {
	test('is passive towards a client that stands where its candidates say', () => {
		expect(planTransport(offer('actpass', [LAN, PUBLIC]), from('::ffff:192.0.2.7'))).toEqual({
			ours: 'passive',
			candidates: ['candidate:1 1 UDP 2113937151 192.0.2.7 54321 typ host']
		});
	});

	test('is passive towards a browser that hides its address but calls from it', () => {
		expect(planTransport(offer('actpass', [HIDDEN]), from('192.0.2.7'))).toEqual({
			ours: 'passive',
			candidates: ['candidate:2 1 UDP 2113937151 192.0.2.7 54322 typ host']
		});
	});

	test('is passive towards a browser on this machine, tried at every address of it', () => {
		expect(planTransport(offer('actpass', [HIDDEN]), from('127.0.0.1')).candidates).toEqual([
			'candidate:2 1 UDP 2113937151 192.0.2.1 54322 typ host',
			'candidate:2 1 UDP 2113937151 127.0.0.1 54322 typ host'
		]);
	});

	test.each([
		['behind a NAT', offer('actpass', [LAN, PUBLIC]), '203.0.113.9'],
		['without candidates', offer('actpass', []), '192.0.2.7'],
		['that answers too fast for itself', offer('actpass', [LAN], true), '192.0.2.7']
	])('is active towards a client %s, and we wait for its checks', (_, given, address) => {
		expect(planTransport(given, from(address))).toEqual({ ours: 'active', candidates: [] });
	});

	test('is the one that the client leaves us', () => {
		expect(planTransport(offer('active', []), from('203.0.113.9')).ours).toBe('passive');
		expect(planTransport(offer('passive', [LAN]), from('192.0.2.7')).ours).toBe('active');
	});
});

describe('candidates', () => {
	test.each([
		['TCP', '1 1 tcp 1518214911 192.0.2.7 9 typ host tcptype active'],
		['a second component', '1 2 udp 2113937151 192.0.2.7 54321 typ host'],
		['port 0', '1 1 udp 2113937151 192.0.2.7 0 typ host'],
		['a port that is none', '1 1 udp 2113937151 192.0.2.7 70000 typ host'],
		['a name to look up', '1 1 udp 2113937151 evil.example.org 54321 typ host'],
		['something else', 'hello']
	])('of %s are passed over', (_, value) => {
		expect(readCandidates([value])).toEqual([]);
	});

	test('are taken up to a number', () => {
		expect(readCandidates(Array.from({ length: 50 }, () => LAN))).toHaveLength(16);
	});
});
