import { auditBefore, auditFilter } from '#lib/server/audit/audit-view.ts';
import { PAGE_ROWS } from '#lib/server/http/desk-act.ts';
import { deskPlatform } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	deskPlatform(request, 'platform:manage');
	const filter = auditFilter(request.url, null);
	const page = await request.locals.app.audit.page(filter, auditBefore(request.url), PAGE_ROWS);
	return { page };
};
