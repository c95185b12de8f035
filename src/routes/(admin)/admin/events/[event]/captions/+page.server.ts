import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { can } from '#lib/domain/access/policy.ts';
import { TRANSLATION_NEEDS } from '#lib/domain/captions/translation.ts';
import { parseLanguage } from '#lib/domain/language.ts';
import { TERM_MAX_LENGTH, TERMS_MAX } from '#lib/server/caption-settings/glossary.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import { TARGETS_MAX } from '#lib/server/translation/settings.ts';
import { translationForm } from '#lib/server/translation/translation-form.ts';
import type { Actions, PageServerLoad } from './$types';

const HIDDEN_WORDS_MAX = 1_500;
const HIDDEN_WORD_MAX_LENGTH = 100;

/** Which channels are captioned and how they fare; what the whole event decides about it. */
export const load: PageServerLoad = async (request) => {
	const { locals, params, url } = request;
	request.depends('captions:state');
	const event = await deskEvent(request, params.event, 'captions:configure', 'somewhere');
	const { captions, captionSettings, env, events, glossary, providers, translations } = locals.app;
	const [booths, channels, settings, terms, translation, health, keys] = await Promise.all([
		events.booths(event.id),
		captionSettings.channels(event.id),
		captionSettings.event(event.id),
		glossary.list(event.id),
		translations.settings(event.id),
		translations.health(event.id),
		providers.list(event.id)
	]);
	return {
		mayEvent: can(locals.actor, 'event:manage', event.scope),
		mayTerms: can(locals.actor, 'captions:configure', event.scope),
		saved: url.searchParams.get('saved'),
		now: Date.now(),
		sessions: { running: captions.activeWorkers(), limit: env.MAX_TOTAL_WORKERS },
		limits: {
			hiddenWords: HIDDEN_WORDS_MAX,
			hiddenWord: HIDDEN_WORD_MAX_LENGTH,
			term: TERM_MAX_LENGTH,
			terms: TERMS_MAX
		},
		settings,
		terms,
		translation: {
			settings: translation,
			health,
			hasKey: keys.some(({ provider }) => provider === translation.service),
			needsKey: TRANSLATION_NEEDS[translation.service].key,
			targetsMax: TARGETS_MAX
		},
		channels: booths
			.filter(({ scope }) => can(locals.actor, 'captions:configure', scope))
			.flatMap(({ booth, room }) => {
				const set = channels.get(booth.id);
				return set === undefined
					? []
					: [
							{
								id: booth.id,
								language: booth.language,
								room: room.name,
								status: captions.status(booth.id),
								provider: set.provider,
								model: set.model
							}
						];
			})
	};
};

const hiddenWords = z
	.string()
	.transform((text) => [
		...new Set(
			text
				.split(/\r?\n/)
				.map((word) => word.trim())
				.filter((word) => word !== '')
		)
	])
	.pipe(z.array(z.string().max(HIDDEN_WORD_MAX_LENGTH)).max(HIDDEN_WORDS_MAX));

/** `de=Hafen, fr=port` by language code; undefined: not of that form. */
function translationsOf(text: string): Record<string, string> | undefined {
	const found: Record<string, string> = {};
	for (const part of text.split(',').filter((one) => one.trim() !== '')) {
		const [code = '', ...word] = part.split('=');
		const language = parseLanguage(code);
		if (!language.ok || word.join('=').trim() === '') return undefined;
		found[language.value] = word.join('=').trim();
	}
	return found;
}

export const actions: Actions = {
	event: async (request) => {
		const { locals, params, getClientAddress, url } = request;
		const event = await deskEvent(request, params.event, 'event:manage');
		const form = await request.request.formData();
		const typed = String(form.get('hiddenWords') ?? '');
		const words = hiddenWords.safeParse(typed);
		const change = {
			externalAllowed: form.has('externalAllowed'),
			transcriptDownload: form.has('transcriptDownload'),
			hidesStrongWords: form.has('hidesStrongWords')
		};
		if (!words.success)
			return fail(400, { about: 'event' as const, ...change, hiddenWords: typed });
		await locals.app.captionSettings.changeEvent(event.id, { ...change, hiddenWords: words.data });
		await locals.app.audit.record({
			actor: locals.actor,
			action: 'captions.configured',
			scope: event.scope,
			details: { ...change, hiddenWords: words.data.length },
			address: getClientAddress()
		});
		redirect(303, `${url.pathname}?saved=event#event`);
	},

	translation: async (request) => {
		const { locals, params, getClientAddress, url } = request;
		const event = await deskEvent(request, params.event, 'event:manage');
		const form = await request.request.formData();
		const text = (name: string): string => String(form.get(name) ?? '');
		const typed = {
			enabled: form.has('enabled'),
			service: text('service'),
			model: text('model'),
			server: text('server'),
			targets: text('targets')
		};
		const parsed = translationForm.safeParse(typed);
		if (!parsed.success) {
			const faults: Partial<Record<'model' | 'server' | 'targets', string>> = Object.fromEntries(
				parsed.error.issues.map(({ path, message }) => [String(path[0]), message])
			);
			return fail(400, { about: 'translation' as const, ...typed, faults });
		}
		await locals.app.translations.change(event.id, parsed.data);
		await locals.app.audit.record({
			actor: locals.actor,
			action: 'captions.configured',
			scope: event.scope,
			target: 'translation',
			details: parsed.data,
			address: getClientAddress()
		});
		redirect(303, `${url.pathname}?saved=translation#translation`);
	},

	addTerm: async (request) => {
		const { locals, params, getClientAddress, url } = request;
		const event = await deskEvent(request, params.event, 'captions:configure');
		const form = await request.request.formData();
		const typed = {
			term: String(form.get('term') ?? ''),
			kind: form.get('kind') === 'speaker' ? ('speaker' as const) : ('term' as const),
			translations: String(form.get('translations') ?? '')
		};
		const translations = translationsOf(typed.translations);
		if (translations === undefined)
			return fail(400, { about: 'term' as const, ...typed, code: 'translations_invalid' as const });
		const answer = await locals.app.glossary.add(event.id, [{ ...typed, translations }]);
		if (!answer.ok) return fail(400, { about: 'term' as const, ...typed, code: answer.error.code });
		await locals.app.audit.record({
			actor: locals.actor,
			action: 'captions.configured',
			scope: event.scope,
			target: typed.term,
			details: { added: typed.kind },
			address: getClientAddress()
		});
		redirect(303, `${url.pathname}#terms`);
	},

	removeTerm: async (request) => {
		const { locals, params, getClientAddress, url } = request;
		const event = await deskEvent(request, params.event, 'captions:configure');
		const id = z.uuid().safeParse((await request.request.formData()).get('id'));
		if (id.success && (await locals.app.glossary.remove(event.id, id.data)))
			await locals.app.audit.record({
				actor: locals.actor,
				action: 'captions.configured',
				scope: event.scope,
				details: { removedTerm: id.data },
				address: getClientAddress()
			});
		redirect(303, `${url.pathname}#terms`);
	}
};
