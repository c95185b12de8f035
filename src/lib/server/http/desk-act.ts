import type { By } from '../people/members.ts';
import type { DeskRequest } from './desk-place.ts';

/** Who acts and from where, for the audit log. */
export function actOf({
	locals,
	getClientAddress
}: Pick<DeskRequest, 'locals'> & { readonly getClientAddress: () => string }): By {
	return { actor: locals.actor, address: getClientAddress() };
}

/** A text field of a form without surrounding space; files and missing fields are empty. */
export function textField(form: FormData, name: string, maxLength = 1_000): string {
	const value = form.get(name);
	return typeof value === 'string' ? value.trim().slice(0, maxLength) : '';
}

export const PAGE_ROWS = 25;

/** The page of a list that an address asks for: `?q=` and `?page=`, from 1. */
export function listView(url: URL): {
	search: string;
	page: number;
	offset: number;
	limit: number;
} {
	const asked = Number(url.searchParams.get('page') ?? '1');
	const page = Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, 100_000) : 1;
	const search = (url.searchParams.get('q') ?? '').slice(0, 100);
	return { search, page, offset: (page - 1) * PAGE_ROWS, limit: PAGE_ROWS };
}
