import { auditBefore, auditFilter } from '#lib/server/audit/audit-view.ts';
import { PAGE_ROWS } from '#lib/server/http/desk-act.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const event = await deskEvent(request, request.params.event, 'event:audit');
	const filter = auditFilter(request.url, event.id);
	const page = await request.locals.app.audit.page(filter, auditBefore(request.url), PAGE_ROWS);
	return { page };
};
