import type { SoundFigures } from '#lib/domain/listening/sound-fault.ts';
import type { Measured } from './whep-session.ts';

/** So many seconds count when somebody says that the sound is bad: they pressed after they noticed. */
const WINDOW_MS = 10_000;
/** Longer without a measurement, and no sound is arriving. */
const FLOWS_WITHIN_MS = 1_500;

/** Collects what a line counts, so that a complaint can say what was measured just before it. */
export type FigureLog = {
	add(measured: Measured): void;
	/** Null before anything was measured. */
	figures(): SoundFigures | null;
};

export function createFigureLog(now: () => number = () => performance.now()): FigureLog {
	let entries: { at: number; measured: Measured }[] = [];
	return {
		add(measured) {
			const at = now();
			const last = entries.at(-1)?.measured;
			// Counters that fell belong to another session.
			if (last && measured.packets < last.packets) entries = [];
			entries = [...entries.filter((entry) => at - entry.at < WINDOW_MS), { at, measured }];
		},
		figures() {
			const first = entries[0]?.measured;
			const last = entries.at(-1);
			if (!first || !last) return null;
			const { measured } = last;
			const rise = (of: (each: Measured) => number) => of(measured) - of(first);
			const part = (some: number, all: number) => (all <= 0 ? 0 : Math.max(0, some / all));
			const lost = rise((each) => each.packetsLost);
			const seconds = rise((each) => each.seconds);
			const power = seconds > 0 ? rise((each) => each.energy) / seconds : 0;
			return {
				flowing: now() - last.at < FLOWS_WITHIN_MS,
				lost: part(lost, lost + rise((each) => each.packets)),
				concealed: part(
					rise((each) => each.concealed),
					rise((each) => each.samples)
				),
				jitterMs: Math.round(measured.jitter * 1000),
				roundTripMs: measured.roundTrip === null ? null : Math.round(measured.roundTrip * 1000),
				levelDbfs: power > 0 ? Math.round(10 * Math.log10(power)) : null
			};
		}
	};
}
