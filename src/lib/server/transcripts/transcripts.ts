import type { Transcript } from '#lib/domain/captions/export.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { createCorrections, type Corrections } from './corrections.ts';
import { transcriptOf, type Between, type WantedChannel } from './exports.ts';
import { createTranscriptOverview, type TranscriptOverview } from './overview.ts';
import { createTranscriptReader, type TranscriptReader } from './reader.ts';

/** What was said, read and put right afterwards. */
export type Transcripts = TranscriptOverview &
	TranscriptReader &
	Corrections & {
		/** Everything in the channels, ready to be written as a file. */
		transcript(wanted: {
			readonly event: string;
			readonly room: string;
			readonly channels: readonly WantedChannel[];
			readonly between: Between;
		}): Promise<Transcript>;
	};

export function createTranscripts(
	db: Db,
	parts: { announce: (booth: BoothId, seq: number) => Promise<void>; now?: () => number }
): Transcripts {
	return {
		...createTranscriptOverview(db),
		...createTranscriptReader(db),
		...createCorrections(db, parts),
		transcript: (wanted) => transcriptOf(db, wanted)
	};
}
