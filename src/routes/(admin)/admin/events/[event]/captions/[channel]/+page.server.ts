import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { can } from '#lib/domain/access/policy.ts';
import { estimatedUsd, KNOWN_MODELS, listPrice } from '#lib/domain/captions/prices.ts';
import { accountOf, SPEECH_SERVICES } from '#lib/domain/captions/speech-service.ts';
import { boothId } from '#lib/domain/ids.ts';
import { FLOOR, parseLanguage } from '#lib/domain/language.ts';
import type { FoundBooth } from '#lib/server/events/events.ts';
import {
	deskEvent,
	forbidden,
	idFrom,
	notFound,
	type DeskRequest
} from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

/** Captions of one channel: by whom, with what, and whether at all. */
export const load: PageServerLoad = async (request) => {
	const { locals, url } = request;
	request.depends('captions:state');
	const found = await channel(request);
	const { captions, captionSettings, providers } = locals.app;
	const [channels, keys] = await Promise.all([
		captionSettings.channels(found.event.id),
		providers.list(found.event.id)
	]);
	const settings = channels.get(found.booth.id);
	if (settings === undefined) notFound();
	const account = accountOf(settings.provider, settings.server);
	const price = listPrice(settings.provider, settings.model, settings.server);
	return {
		channel: { id: found.booth.id, language: found.booth.language, room: found.room.name },
		settings,
		services: SPEECH_SERVICES,
		models: KNOWN_MODELS,
		price,
		trialUsd: price === null ? null : estimatedUsd(price, TRIAL_MS),
		isLocal: account === null,
		hasKey: keys.some(({ provider }) => provider === account?.provider),
		status: captions.status(found.booth.id),
		now: Date.now(),
		saved: url.searchParams.has('saved')
	};
};

/** Length of the bundled recordings. */
const TRIAL_MS = 10_000;
const MODEL_MAX_LENGTH = 120;
const SERVER_MAX_LENGTH = 500;

const settings = z
	.object({
		enabled: z.boolean(),
		consent: z.boolean(),
		provider: z.enum(SPEECH_SERVICES),
		model: z.string().trim().max(MODEL_MAX_LENGTH, 'long'),
		server: z
			.string()
			.trim()
			.max(SERVER_MAX_LENGTH, 'long')
			.refine((text) => text === '' || isAddress(text), 'server'),
		languageHint: z
			.string()
			.trim()
			.refine((text) => text === '' || isLanguage(text), 'language')
			.transform((text) => canonical(text))
	})
	.refine(({ provider, server }) => provider !== 'openai-compatible' || server !== '', {
		path: ['server'],
		message: 'server_needed'
	});

export type ChannelProblem = Partial<
	Record<'provider' | 'model' | 'server' | 'languageHint', string>
>;

export const actions: Actions = {
	trial: async (request) => {
		const { locals, getClientAddress } = request;
		const found = await channel(request);
		const { captionSettings, trials, audit } = locals.app;
		const [channels, event] = await Promise.all([
			captionSettings.channels(found.event.id),
			captionSettings.event(found.event.id)
		]);
		const set = channels.get(found.booth.id);
		if (set === undefined) notFound();
		const isOutside = accountOf(set.provider, set.server) !== null;
		if (isOutside && !event.externalAllowed) return { trial: { kind: 'blocked' as const } };
		// It may cost something, so it is written down who asked for it.
		await audit.record({
			actor: locals.actor,
			action: 'captions.configured',
			scope: found.scope,
			target: found.path,
			details: { trial: set.provider, model: set.model },
			address: getClientAddress()
		});
		return { trial: await trials.run(found.event.id, found.booth.id) };
	},

	save: async (request) => {
		const { locals, url, getClientAddress } = request;
		const found = await channel(request);
		const form = await request.request.formData();
		const text = (name: string): string => String(form.get(name) ?? '');
		const typed = {
			enabled: form.has('enabled'),
			consent: form.has('consent'),
			provider: text('provider'),
			model: text('model'),
			server: text('server'),
			languageHint: text('languageHint')
		};
		const parsed = settings.safeParse(typed);
		if (!parsed.success) {
			const problem: ChannelProblem = Object.fromEntries(
				parsed.error.issues.map(({ path, message }) => [String(path[0]), message])
			);
			return fail(400, { typed, problem });
		}
		await locals.app.captionSettings.changeChannel(found.booth.id, parsed.data);
		await locals.app.audit.record({
			actor: locals.actor,
			action: 'captions.configured',
			scope: found.scope,
			target: found.path,
			details: parsed.data,
			address: getClientAddress()
		});
		redirect(303, `${url.pathname}?saved`);
	}
};

/** @throws redirect, 404, 403 */
async function channel(
	request: DeskRequest & { params: { event: string; channel: string } }
): Promise<FoundBooth> {
	const { locals, params } = request;
	const event = await deskEvent(request, params.event, 'event:view', 'somewhere');
	const id = idFrom(params.channel, boothId);
	const found = id === null ? null : await locals.app.events.boothById(id);
	if (!found?.ok || found.value.event.id !== event.id) notFound();
	if (!can(locals.actor, 'captions:configure', found.value.scope)) forbidden();
	return found.value;
}

function isAddress(text: string): boolean {
	return URL.canParse(text) && /^(https?|wss?|grpcs?):$/.test(new URL(text).protocol);
}

function isLanguage(text: string): boolean {
	const parsed = parseLanguage(text);
	return parsed.ok && parsed.value !== FLOOR;
}

function canonical(text: string): string {
	const parsed = parseLanguage(text);
	return parsed.ok ? parsed.value : '';
}
