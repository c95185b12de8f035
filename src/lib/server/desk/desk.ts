import type { Audit } from '../audit/audit.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { Captions } from '../captions/captions.ts';
import type { Db, Listen } from '../db/database.ts';
import type { Events } from '../events/events.ts';
import type { Log } from '../log.ts';
import { createDeskActs, type DeskActs } from './acts.ts';
import { createAlertWatch } from './alert-watch.ts';
import { createBoard, type Board } from './board.ts';
import { createDeskLog, type DeskLog } from './desk-log.ts';
import { createDeskFeed, type DeskFeed } from './feed.ts';
import { createNotes, type Notes } from './notes.ts';

/** The control desk's parts, put together: what booths and desks know of each other. */
export type Desk = {
	readonly board: Board;
	readonly deskLog: DeskLog;
	readonly notes: Notes;
	readonly acts: DeskActs;
	readonly feed: DeskFeed;
	start(): Promise<void>;
	stop(): Promise<void>;
};

export function createDesk(parts: {
	audit: Pick<Audit, 'record'>;
	booths: Booths;
	captions: Pick<Captions, 'status'>;
	db: Db;
	events: Pick<Events, 'boothById' | 'rooms'>;
	ingest: Pick<Reconciler, 'figures' | 'found' | 'ingest' | 'mediaOk'>;
	listen: Listen;
	log: Log;
	portalId: string;
}): Desk {
	const board = createBoard(parts);
	const deskLog = createDeskLog(parts);
	const alerts = createAlertWatch({ ...parts, board, deskLog });
	const feed = createDeskFeed({ ...parts, board, deskLog });
	return {
		...{ board, deskLog, feed },
		notes: createNotes(parts.db),
		acts: createDeskActs({ ...parts, board, deskLog }),
		async start() {
			await deskLog.start();
			await alerts.start();
		},
		async stop() {
			feed.stop();
			await alerts.stop();
			await deskLog.stop();
		}
	};
}
