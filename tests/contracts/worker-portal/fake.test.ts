import { describe } from 'vitest';
import { startFakePortal } from '../../fakes/portal.ts';
import { workerPortalContract } from './contract.ts';

describe('the caption worker with a portal in memory', () => {
	workerPortalContract(async () => {
		const fake = await startFakePortal();
		return {
			url: fake.url,
			secret: fake.secret,
			violations: fake.violations,
			stored: () => Promise.resolve(fake.stored),
			partials: fake.partials,
			get phases() {
				return fake.phases.map(({ phase }) => phase);
			},
			released: fake.released,
			get claims() {
				return fake.claims;
			},
			get refused() {
				return fake.refused;
			},
			async offer(channel, provider = 'local') {
				fake.offer({
					session: channel,
					channel: 7,
					path: 'demo/en',
					language: 'en',
					provider,
					model: '',
					key: null,
					server: null,
					hints: [],
					hiddenWords: ['damn']
				});
			},
			withdraw: async (channel) => fake.withdraw(channel, 'off_air'),
			takeOver: async (channel) => fake.takeOver(channel),
			muteFinals: fake.muteFinals,
			namesOf: (sessions) => sessions,
			stop: fake.stop,
			restart: fake.restart,
			close: fake.stop
		};
	});
});
