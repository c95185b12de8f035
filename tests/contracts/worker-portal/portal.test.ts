import { describeOnEachDatabase } from '../../support/databases.ts';
import { openCaptionHall } from '../../support/caption-hall.ts';
import { workerPortalContract } from './contract.ts';

describeOnEachDatabase('the caption worker with the portal', (kind) => {
	let database: ReturnType<typeof kind.open> | null = null;
	workerPortalContract(async () => {
		const hall = await openCaptionHall(await (database ??= kind.open()));
		const portal = await hall.portal();
		return {
			url: portal.url,
			secret: portal.secret,
			violations: portal.violations,
			stored: () => hall.stored(),
			partials: portal.partials,
			phases: portal.phases,
			get released() {
				return portal.released.map((booth) => hall.nameOf(booth));
			},
			get claims() {
				return portal.claims.length;
			},
			get refused() {
				return portal.refused.length;
			},
			async offer(channel, provider = 'local') {
				await hall.channel(channel, { provider, on: true });
				await portal.captions.changed();
			},
			async withdraw(channel) {
				await hall.channel(channel, { on: false });
				await portal.captions.changed();
			},
			takeOver: (channel) => hall.takeOver(channel),
			muteFinals: portal.muteFinals,
			namesOf: (sessions) => sessions.map((session) => hall.nameOf(boothOf(session))),
			stop: portal.stop,
			restart: portal.restart,
			async close() {
				await portal.stop();
				await hall.clear();
			}
		};
	});
});

const boothOf = (session: string): number => Number(session.replace('booth-', ''));
