import { mayRelay, relayMap } from '#lib/domain/booth/relay.ts';
import { EMPTY_BOOTH } from '#lib/domain/booth/state.ts';
import type { SeatCommand } from '#lib/domain/booth/command.ts';
import { boothId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { z } from 'zod';
import type {
	boothConsent,
	boothHelp,
	boothMatter,
	boothNote,
	boothRelay,
	boothSignal,
	Together
} from '#lib/protocol/booth.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { DeskLog } from '../desk/desk-log.ts';
import type { Notes } from '../desk/notes.ts';
import type { Log } from '../log.ts';
import type { Seated, Seating } from './seating.ts';

const NOT_ALLOWED = refuse('not_allowed', 'Only those who work in this booth can do that.');

/** What the people of a booth do together beside the microphone: help, signals, notes, relay, consent. */
export function createTogether({
	booths,
	deskLog,
	notes,
	ingest,
	seating,
	act,
	log
}: {
	booths: Pick<Booths, 'known'>;
	deskLog: DeskLog;
	notes: Notes;
	ingest: Pick<Reconciler, 'found'>;
	seating: Seating;
	act: (seated: Seated, command: SeatCommand) => Promise<Result<null>>;
	log: Log;
}) {
	/** A booth's own requests and signals of the last hours; alerts are the desk's affair. */
	async function of(event: EventId, booth: BoothId): Promise<Together> {
		const [all, written] = await Promise.all([deskLog.of(event), notes.of(booth)]);
		const matters = all.filter((one) => one.booth === booth && one.kind !== 'alert').slice(0, 20);
		return { notes: written, matters };
	}

	async function show(event: EventId): Promise<void> {
		const here = seating.all().filter(({ found }) => found.event.id === event);
		for (const booth of new Set(here.map(({ found }) => found.booth.id))) {
			const together = await of(event, booth);
			for (const { socket, permissions } of seating.in(booth))
				if (permissions.includes('booth:chat'))
					socket.data.outbox.say(() => socket.emit('booth:together', together));
		}
	}
	const unsubscribe = deskLog.onChange((event) =>
		show(event).catch((error: unknown) => log.error({ err: error }, 'booths not told'))
	);

	/** Whoever may write here may also call, jot down and tidy up. */
	async function raise(
		seated: Seated,
		matter: { kind: 'help' | 'signal'; code: string; text: string }
	): Promise<Result<null>> {
		const { actor } = seated.socket.data;
		const { event, room, booth } = seated.found;
		if (actor.kind === 'anonymous' || !seated.permissions.includes('booth:chat'))
			return NOT_ALLOWED;
		await deskLog.open({
			...{ event: event.id, room: room.id, booth: booth.id },
			...{ ...matter, person: actor.person, name: actor.name }
		});
		return ok(null);
	}

	return {
		stop: unsubscribe,

		look: async (seated: Seated): Promise<Result<Together>> =>
			seated.permissions.includes('booth:chat')
				? ok(await of(seated.found.event.id, seated.found.booth.id))
				: NOT_ALLOWED,

		help: (seated: Seated, { text }: z.infer<typeof boothHelp>) =>
			raise(seated, { kind: 'help', code: 'desk', text }),

		signal: (seated: Seated, { code }: z.infer<typeof boothSignal>) =>
			raise(seated, { kind: 'signal', code, text: '' }),

		/** Withdraws what this booth raised. */
		async done(seated: Seated, { id }: z.infer<typeof boothMatter>): Promise<Result<null>> {
			const { event, booth } = seated.found;
			if (!seated.permissions.includes('booth:chat')) return NOT_ALLOWED;
			const isOurs = (await of(event.id, booth.id)).matters.some((one) => one.id === id);
			if (!isOurs) return refuse('not_found', 'This booth raised no such matter.');
			await deskLog.move(event.id, id, 'done', null);
			return ok(null);
		},

		async note(seated: Seated, { text }: z.infer<typeof boothNote>): Promise<Result<null>> {
			const { actor } = seated.socket.data;
			if (actor.kind === 'anonymous' || !seated.permissions.includes('booth:chat'))
				return NOT_ALLOWED;
			await notes.write(seated.found.booth.id, actor.person, actor.name, text);
			await deskLog.touched(seated.found.event.id);
			return ok(null);
		},

		async removeNote(seated: Seated, { id }: z.infer<typeof boothMatter>): Promise<Result<null>> {
			if (!seated.permissions.includes('booth:chat')) return NOT_ALLOWED;
			await notes.remove(seated.found.booth.id, id);
			await deskLog.touched(seated.found.event.id);
			return ok(null);
		},

		async relay(seated: Seated, { from }: z.infer<typeof boothRelay>): Promise<Result<null>> {
			if (from === null) return act(seated, { type: 'relay', from });
			const room = ingest.found({ room: seated.found.room.id });
			const states = new Map(
				room
					.filter(({ booth }) => booth.language !== FLOOR)
					.map(({ booth }) => [booth.id, booths.known.get(booth.id)?.state ?? EMPTY_BOOTH])
			);
			const may = mayRelay(relayMap(states), seated.found.booth.id, boothId(from));
			return may.ok ? act(seated, { type: 'relay', from: boothId(from) }) : may;
		},

		consent: (seated: Seated, { captions }: z.infer<typeof boothConsent>) =>
			act(seated, { type: 'consent', captions })
	};
}
