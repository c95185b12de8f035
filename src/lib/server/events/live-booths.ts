import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import type { Booths } from '../booths/service.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { FoundBooth } from './events.ts';

/** A booth as the desk shows it at one moment; told from memory, without a question to the database. */
export type LiveBooth = {
	readonly id: number;
	/** Slug of its room. */
	readonly room: string;
	readonly language: LanguageCode;
	readonly air: 'on' | 'standby' | 'off' | 'closed';
	/** Who holds the microphone right, and since when they are on air (epoch ms). */
	readonly active: string | null;
	readonly since: number | null;
	/** People in the booth, the active one included. */
	readonly people: number;
	/** Null while the media server cannot be asked. */
	readonly listeners: number | null;
	readonly isFloor: boolean;
};

export function liveBooth(
	parts: { booths: Pick<Booths, 'known'>; reconciler: Pick<Reconciler, 'ingest'> },
	{ room, booth }: FoundBooth
): LiveBooth {
	const state = parts.booths.known.get(booth.id)?.state;
	const ingest = parts.reconciler.ingest(booth.id);
	const phase = state?.phase ?? { kind: 'empty' as const };
	const isFloor = booth.language === FLOOR;
	const common = {
		id: booth.id,
		room: room.slug,
		language: booth.language,
		active: 'active' in phase ? phase.active.name : null,
		people: state?.participants.length ?? 0,
		listeners: ingest.listeners,
		isFloor
	};
	if (phase.kind === 'closed') return { ...common, air: 'closed', since: null };
	// The floor has no interpreter: it is on air when something arrives there.
	if (isFloor)
		return { ...common, air: ingest.status === 'disconnected' ? 'off' : 'on', since: null };
	if ('since' in phase) return { ...common, air: 'on', since: phase.since };
	return { ...common, air: phase.kind === 'empty' ? 'off' : 'standby', since: null };
}
