import { mend, examine } from '#lib/server/doctor/doctor.ts';
import { deskPlatform } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	deskPlatform(request, 'platform:manage');
	return { report: await examine(request.locals.app) };
};

export const actions: Actions = {
	fix: async (request) => {
		const { app, actor } = request.locals;
		deskPlatform(request, 'platform:manage');
		const { findings } = await examine(app);
		const done = await mend(
			app,
			findings.flatMap(({ safeFix }) => safeFix ?? [])
		);
		await app.audit.record({
			actor,
			action: 'platform.mended',
			scope: 'platform',
			details: { findings: findings.map(({ code, about }) => `${about} ${code}`) },
			address: request.getClientAddress()
		});
		return { done };
	}
};
