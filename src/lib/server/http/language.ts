import type { Handle } from '@sveltejs/kit';
import { isRightToLeft } from '#lib/domain/language.ts';
import { paraglideMiddleware } from '#lib/paraglide/server.js';

/** Every page in the reader's language, with the right direction. */
export const inReadersLanguage: Handle = ({ event, resolve }) =>
	paraglideMiddleware(event.request, ({ request, locale }) => {
		event.request = request;
		event.locals.locale = locale;
		return resolve(event, {
			transformPageChunk: ({ html }) =>
				html.replace('%lang%', locale).replace('%dir%', isRightToLeft(locale) ? 'rtl' : 'ltr')
		});
	});
