import { auditCsv, auditFilter, csvAnswer } from '#lib/server/audit/audit-view.ts';
import { deskPlatform } from '#lib/server/http/desk-place.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (request) => {
	deskPlatform(request, 'platform:manage');
	const rows = auditCsv(request.locals.app.audit, auditFilter(request.url, null));
	return csvAnswer(rows, 'audit');
};
