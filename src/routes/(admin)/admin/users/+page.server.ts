import { USER_SORTS, USERS_PER_PAGE, type UserFilter } from '#lib/server/accounts/user-list.ts';
import { deskPlatform } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

const SEARCH_MAX_LENGTH = 100;
const PAGE_MAX = 100_000;
const ONLY = ['all', 'admins', 'off'] as const;

/** What an address asks for; anything unknown in it falls back to the beginning of the whole list. */
function filterOf(query: URLSearchParams): UserFilter {
	const page = Number(query.get('page') ?? 1);
	const sort = USER_SORTS.find((one) => one === query.get('sort')) ?? 'name';
	return {
		search: (query.get('q') ?? '').replace(/\p{Cc}/gu, '').slice(0, SEARCH_MAX_LENGTH),
		only: ONLY.find((one) => one === query.get('only')) ?? 'all',
		sort,
		descending: query.get('order') === 'desc',
		page: Number.isInteger(page) && page >= 1 && page <= PAGE_MAX ? page : 1
	};
}

export const load: PageServerLoad = async (event) => {
	deskPlatform(event, 'platform:manage');
	const filter = filterOf(event.url.searchParams);
	const { rows, total } = await event.locals.app.accounts.directory.list(filter);
	return {
		filter,
		total,
		perPage: USERS_PER_PAGE,
		users: rows.map(({ createdAt, seenAt, ...user }) => ({
			...user,
			createdAt: createdAt.getTime(),
			seenAt: seenAt?.getTime() ?? null
		}))
	};
};
