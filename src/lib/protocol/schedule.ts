import type { ScheduleSession } from '#lib/domain/schedule.ts';

/** `GET /api/events/{slug}/schedule`, and what pages show of it: all rooms, by time. */
export type EventSchedule = {
	/** IANA name; times are said in the event's own zone. */
	timeZone: string;
	sessions: ScheduleSession[];
	/** Epoch ms of the server. */
	serverNow: number;
};
