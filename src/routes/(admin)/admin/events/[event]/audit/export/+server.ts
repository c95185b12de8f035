import { auditCsv, auditFilter, csvAnswer } from '#lib/server/audit/audit-view.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (request) => {
	const event = await deskEvent(request, request.params.event, 'event:audit');
	const rows = auditCsv(request.locals.app.audit, auditFilter(request.url, event.id));
	return csvAnswer(rows, `audit-${event.slug}`);
};
