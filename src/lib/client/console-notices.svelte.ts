import type { Phase } from '#lib/domain/booth/state.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import { chime } from './chime.ts';
import { newsOf, tidied, withNotice, type ConsoleNotice, type NoticeCode } from './notice-list.ts';

/** Said to the ear as well: the eyes are on the speaker. */
const ALOUD: readonly NoticeCode[] = [
	'seat_lost',
	'reassigned',
	'output_gone',
	'away_on_air',
	'away_offered',
	'relay_lost',
	'taken_off',
	'desk_message',
	'turn_long'
];

/** What must not be missed: stays until it is put away, or until it is not true any more. */
export class ConsoleNotices {
	list = $state.raw<readonly ConsoleNotice[]>([]);
	#key = 0;

	add(code: NoticeCode, name: string | null = null, text?: string): void {
		this.list = withNotice(this.list, { key: this.#key++, code, name, text, at: Date.now() });
		if (ALOUD.includes(code)) chime();
	}

	/** What the portal says aloud. */
	hear(notice: BoothNotice, phase: Phase, seat: SeatId): void {
		const news = newsOf(notice, phase, seat);
		if (news !== null) this.add(news, notice.name, notice.text);
	}

	tidy(phase: Phase): void {
		this.list = tidied(this.list, phase, Date.now());
	}

	dismiss(key: number): void {
		this.list = this.list.filter((notice) => notice.key !== key);
	}

	clear(): void {
		this.list = [];
	}
}
