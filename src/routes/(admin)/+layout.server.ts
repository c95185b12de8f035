import { can } from '#lib/domain/access/policy.ts';
import { signedIn } from '#lib/server/http/desk-place.ts';
import type { LayoutServerLoad } from './$types';

/** The desk needs somebody who is signed in; what they find there is asked page by page. */
export const load: LayoutServerLoad = (request) => {
	request.setHeaders({ 'cache-control': 'private, no-store' });
	const actor = signedIn(request);
	return {
		me: { name: actor.name, hasAccount: actor.kind === 'user' },
		mayOnPlatform: {
			create: can(actor, 'event:create', 'platform'),
			manage: can(actor, 'platform:manage', 'platform')
		}
	};
};
