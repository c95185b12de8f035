import { fail } from '@sveltejs/kit';
import { isProvider, PROVIDERS } from '#lib/domain/providers.ts';
import { actOf, textField } from '#lib/server/http/desk-act.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import { PROVIDER_KEY_MAX_LENGTH } from '#lib/server/providers/keys.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const providersOf = (request: RequestEvent) =>
	deskEvent(request, request.params.event, 'event:providers');

export const load: PageServerLoad = async (request) => {
	const event = await providersOf(request);
	const keys = await request.locals.app.providers.list(event.id);
	return {
		providers: PROVIDERS.map((provider) => ({
			provider,
			key: keys.find((one) => one.provider === provider) ?? null
		}))
	};
};

export const actions: Actions = {
	set: async (request) => {
		const { app, actor } = request.locals;
		const event = await providersOf(request);
		const form = await request.request.formData();
		const provider = textField(form, 'provider');
		if (!isProvider(provider))
			return fail(400, { did: 'set' as const, provider, code: 'not_found' });
		// One more than can be, so that a key that is too long is refused and not cut.
		const key = textField(form, 'key', PROVIDER_KEY_MAX_LENGTH + 1);
		if (key === '') return fail(400, { did: 'set' as const, provider, code: 'missing' });
		const by = actOf(request);
		const who = {
			id: actor.kind === 'anonymous' ? null : actor.person,
			name: actor.kind === 'anonymous' ? '' : actor.name
		};
		const done = await app.providers.set(event.id, provider, key, who);
		// What was typed is not sent back: a key stands on no page.
		if (!done.ok) return fail(400, { did: 'set' as const, provider, code: done.error.code });
		await app.audit.record({
			...by,
			...{ action: 'provider.key_set', scope: event.scope, target: provider }
		});
		return { did: 'set' as const, provider };
	},
	remove: async (request) => {
		const { app } = request.locals;
		const event = await providersOf(request);
		const provider = textField(await request.request.formData(), 'provider');
		if (!isProvider(provider) || !(await app.providers.remove(event.id, provider)))
			return fail(400, { did: 'remove' as const, provider, code: 'not_found' });
		await app.audit.record({
			...actOf(request),
			...{ action: 'provider.key_removed', scope: event.scope, target: provider }
		});
		return { did: 'remove' as const, provider };
	}
};
