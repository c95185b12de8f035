import { m } from '#lib/paraglide/messages.js';

type View = { search: string; page: number; limit: number; total: number };

/** Links to the pages before and after, as `DataTable` takes them. */
export function pagerOf({ search, page, limit, total }: View) {
	const address = (to: number): string => {
		const query = new URLSearchParams({ ...(search === '' ? {} : { q: search }) });
		if (to > 1) query.set('page', String(to));
		const text = query.toString();
		return text === '' ? '?' : `?${text}`;
	};
	const first = (page - 1) * limit + 1;
	return {
		label: m.people_pages(),
		position: m.people_position({ first, last: Math.min(page * limit, total), total }),
		previous: { text: m.people_previous(), href: page > 1 ? address(page - 1) : null },
		next: { text: m.people_next(), href: page * limit < total ? address(page + 1) : null }
	};
}
