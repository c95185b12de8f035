import { error, fail, redirect, type Cookies } from '@sveltejs/kit';
import { guessLanguage } from '#lib/domain/listening/guess-language.ts';
import { FLOOR, parseLanguage, type LanguageCode } from '#lib/domain/language.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { mayListen, type FoundEvent } from '#lib/server/events/events.ts';
import { COOKIE_LIFETIME_S, setCredential } from '#lib/server/http/cookies.ts';
import { deviceOf, knowDevice } from '#lib/server/http/device.ts';
import { acceptedLanguages } from '#lib/server/http/accepted-languages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** What the join form shows after a try. */
type JoinProblem = {
	readonly typed: string;
	readonly code: 'empty' | 'join_code_wrong' | 'too_many_attempts';
	readonly retryAfterS: number | null;
};

export const load: PageServerLoad = async (request) => {
	const { locals, params, url, setHeaders } = request;
	// The page carries a ticket of this person.
	setHeaders({ 'cache-control': 'private, no-store' });
	const found = await locals.app.events.room(params.event, params.room ?? null);
	if (!found.ok) error(404, { code: 'not_found', message: 'There is no such event or room.' });
	const { event, room } = found.value;
	const address = listenerAddress(event.slug, room.main ? null : room.slug);
	if (url.pathname !== address) redirect(308, address + url.search);

	const isNewDevice = mayListen(locals.actor, event) ? false : knowDevice(request);
	const typed = url.searchParams.get('code');
	if (typed !== null) {
		// A QR code carries the join code; the address that stays in the history does not.
		const problem = mayListen(locals.actor, event) ? null : await join(request, event, typed);
		if (problem === null) redirect(303, without(url, 'code', 'device'));
		// Somebody without a cookie used up what those share: with a cookie this phone has tries of its own.
		if (problem.retryAfterS !== null && isNewDevice && !url.searchParams.has('device')) {
			const again = new URL(url);
			again.searchParams.set('device', 'new');
			redirect(303, again.pathname + again.search);
		}
		if (problem.retryAfterS !== null) setHeaders({ refresh: String(problem.retryAfterS + 1) });
		return { access: 'code' as const, event: { name: event.name }, problem };
	}
	if (!mayListen(locals.actor, event)) {
		const access = event.listenerAccess === 'invite' ? ('invite' as const) : ('code' as const);
		return { access, event: { name: event.name }, problem: null };
	}

	const [snapshot, ticket, schedule] = await Promise.all([
		locals.app.channels.snapshot(event),
		locals.app.tickets.readTicket(event.slug),
		locals.app.organise.schedule.near(event.id)
	]);
	const here = snapshot.channels.filter(
		(channel) => channel.room === (room.main ? null : room.slug)
	);
	const asked = askedLanguage(url);
	const offered = here.map(({ language }) => language).filter((language) => language !== FLOOR);
	return {
		access: 'granted' as const,
		start: {
			snapshot,
			ticket,
			room: room.main ? null : room.slug,
			language: asked ?? guessLanguage(offered, acceptedLanguages(request.request)) ?? FLOOR
		},
		room: { name: room.name, slug: room.slug },
		schedule,
		languageAsked: asked !== null
	};
};

export const actions: Actions = {
	default: async (request) => {
		const { locals, params, url } = request;
		const found = await locals.app.events.room(params.event, params.room ?? null);
		if (!found.ok) error(404, { code: 'not_found', message: 'There is no such event or room.' });
		const typed = String((await request.request.formData()).get('code') ?? '');
		knowDevice(request);
		const problem = await join(request, found.value.event, typed);
		if (problem === null) redirect(303, without(url, 'code', 'device'));
		return fail(problem.code === 'too_many_attempts' ? 429 : 400, problem);
	}
};

/** Lets a listener in by the join code; null when the cookie is set, else what to tell them. */
async function join(
	request: JoinRequest,
	event: FoundEvent,
	typed: string
): Promise<JoinProblem | null> {
	const { locals, cookies, url, getClientAddress } = request;
	const { auth, attempts, env } = locals.app;
	if (typed.trim() === '') return { typed: '', code: 'empty', retryAfterS: null };
	const answer = await attempts.joinCode.guard(
		{ event: event.id, address: getClientAddress(), device: deviceOf(request) },
		() => auth.listenerLogin(event.id, typed)
	);
	if (!answer.ok) {
		const { error: refusal } = answer;
		return {
			typed: typed.slice(0, 40),
			code: refusal.code,
			retryAfterS: 'retryAfterS' in refusal ? refusal.retryAfterS : null
		};
	}
	setCredential(
		cookies,
		{ url, publicBaseUrl: env.PUBLIC_BASE_URL },
		{
			name: COOKIES.listener(event.id),
			value: answer.value,
			maxAgeS: COOKIE_LIFETIME_S.listener
		}
	);
	return null;
}

type JoinRequest = Pick<RequestEvent, 'locals' | 'request' | 'url' | 'getClientAddress'> & {
	readonly cookies: Cookies;
};

function listenerAddress(event: string, room: string | null): string {
	return room === null ? `/listener/${event}` : `/listener/${event}/${room}`;
}

function without(url: URL, ...names: string[]): string {
	const query = new URLSearchParams(url.search);
	for (const name of names) query.delete(name);
	const rest = query.toString();
	return rest === '' ? url.pathname : `${url.pathname}?${rest}`;
}

function askedLanguage(url: URL): LanguageCode | null {
	const parsed = parseLanguage(url.searchParams.get('lang') ?? '');
	return parsed.ok ? parsed.value : null;
}
