import { fail } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import {
	idFrom,
	deskEvent,
	deskRoomById,
	forbidden,
	notFound
} from '#lib/server/http/desk-place.ts';
import { boothId } from '#lib/domain/ids.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const DAY_MS = 24 * 3_600_000;

export const load: PageServerLoad = async (request) => {
	const { locals, params, depends } = request;
	const event = await deskEvent(request, params.event, 'booth:coordinate', 'somewhere');
	depends('listeners:now');
	const { app, actor } = locals;
	const now = Date.now();
	const [audience, history, rooms, booths] = await Promise.all([
		app.audience.now(event.id),
		app.audience.history(event.id, new Date(now - DAY_MS), new Date(now + DAY_MS)),
		app.events.rooms(event.id),
		app.events.booths(event.id)
	]);
	const most = new Map<number, number>();
	const byMinute = new Map<number, number>();
	for (const { booth, at, listeners } of history) {
		most.set(booth, Math.max(most.get(booth) ?? 0, listeners));
		byMinute.set(at.getTime(), (byMinute.get(at.getTime()) ?? 0) + listeners);
	}
	const seen = new Map(audience.channels.map((channel) => [channel.booth, channel]));
	return {
		channels: booths
			.filter(({ scope }) => can(actor, 'booth:coordinate', scope))
			.map(({ booth, room, scope }) => ({
				booth: booth.id,
				language: booth.language,
				room: room.name,
				listeners: seen.get(booth.id)?.listeners ?? null,
				most: most.get(booth.id) ?? 0,
				flags: seen.get(booth.id)?.flags ?? { channel: 0, network: 0, unclear: 0 },
				consents: booth.recordingConsent,
				mayChange: can(actor, 'booth:coordinate', scope)
			})),
		history: [...byMinute].map(([at, listeners]) => ({ at, listeners })),
		delays: rooms
			.filter(({ scope }) => can(actor, 'room:coordinate', scope))
			.map(({ room }) => ({ id: room.id, name: room.name, delayMs: room.listenerDelayMs })),
		mayManage: can(actor, 'event:manage', event.scope),
		notes: event.venueNotes
	};
};

export const actions: Actions = {
	delay: async (request) => {
		const form = await request.request.formData();
		const room = await deskRoomById(
			request,
			{ event: request.params.event, room: form.get('room') },
			'room:coordinate'
		);
		const typed = String(form.get('seconds') ?? '').replace(',', '.');
		const ms = typed.trim() === '' ? NaN : Math.round(Number(typed) * 1000);
		const done = await request.locals.app.listening.setDelay(room, ms, by(request));
		if (!done.ok) return fail(400, { at: 'delay', room: room.room.id, typed });
		return { done: 'delay' as const };
	},

	consent: async (request) => {
		const event = await deskEvent(request, request.params.event, 'booth:coordinate', 'somewhere');
		const form = await request.request.formData();
		const id = idFrom(form.get('booth'), boothId);
		const found = id === null ? null : await request.locals.app.events.boothById(id);
		if (!found?.ok || found.value.event.id !== event.id) notFound();
		if (!can(request.locals.actor, 'booth:coordinate', found.value.scope)) forbidden();
		await request.locals.app.listening.setConsent(
			found.value,
			form.get('consents') === 'yes',
			by(request)
		);
		return { done: 'consent' as const };
	},

	notes: async (request) => {
		const event = await deskEvent(request, request.params.event, 'event:manage');
		const typed = String((await request.request.formData()).get('notes') ?? '');
		const done = await request.locals.app.listening.setNotes(event, typed, by(request));
		return done.ok ? { done: 'notes' as const } : fail(400, { at: 'notes', room: null, typed });
	}
};

function by({ locals, getClientAddress }: RequestEvent) {
	return { actor: locals.actor, address: getClientAddress() };
}
